import { Validator } from '@seriousme/openapi-schema-validator';
import { isJsonObject, type Json, type JsonObject } from '@tidemark/protocol';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { ownRoutesOf } from '../task-tracker/openapi-requests.suite.ts';
import { NOW, openRepertoireServer, type RepertoireServer, STORAGES } from './repertoire-server.suite.ts';

const ID = '3F2504E0-4F89-41D3-9A0C-0305E82C3301';
const OTHER = '6ba7b810-9dad-11d1-80b4-00c04fd430c8';
const SECOND = '2026-03-01T10:00:01.000Z';

const piece = (change: JsonObject = {}): JsonObject => ({
  pieceId: ID,
  userId: 'somebody else',
  title: 'Oli Aloha',
  category: 'oli',
  lyrics: 'Onaona i ka hala',
  includeInPractice: true,
  isFavorite: false,
  createdAt: '2025-06-18T12:34:56Z',
  modifiedAt: '2025-06-18T12:34:56Z',
  version: 1,
  locallyModified: true,
  ...change,
});

const session = (change: JsonObject = {}): JsonObject => ({
  sessionId: OTHER,
  userId: 'somebody else',
  pieceId: ID,
  startedAt: '2025-06-18T12:34:56Z',
  endedAt: '2025-06-18T12:44:56.5Z',
  endedAtSource: 'manual',
  createdAt: '2025-06-18T12:34:56Z',
  ...change,
});

const sync = async (server: RepertoireServer, body: JsonObject, user?: string): Promise<JsonObject> => {
  const answer = await server.call('POST', '/pieces', body, user);
  expect(answer.status, JSON.stringify(answer.body)).toBe(200);
  return answer.body;
};

const upload = (server: RepertoireServer, change: JsonObject = {}, more: JsonObject = {}) =>
  sync(server, { pieces: [piece(change)], ...more });

const first = (list: Json | undefined): JsonObject => {
  const [one] = Array.isArray(list) ? list : [];
  return isJsonObject(one) ? one : {};
};

describe.each(STORAGES)('POST /pieces on %s', (kind) => {
  test('an upload is answered with all that the app decodes, and nothing of the owner is believed', async () => {
    const server = await openRepertoireServer({ kind });
    const { syncedAt, ...answer } = await upload(server, { notes: null });
    expect(syncedAt).toMatch(/^2026-03-01T10:00:0\d\.000Z$/);
    expect(answer).toEqual({
      serverPieces: [],
      uploadedPieces: [ID],
      updatedPieces: [
        {
          ...piece({ userId: 'ada', createdAt: '2025-06-18T12:34:56.000Z', version: 2, locallyModified: false }),
          modifiedAt: new Date(server.clock.wall + 1).toISOString(),
          lastSyncedAt: syncedAt,
        },
      ],
    });
  });

  test('each change has a whole second of its own, an idle sync the same again', async () => {
    const server = await openRepertoireServer({ kind });
    const seen: unknown[] = [];
    let last = {};
    for (let i = 0; i < 5; i += 1) {
      const answer = await upload(server, { title: `Take ${i}`, version: 1 + i * 1_000, modifiedAt: `2025-06-18T12:34:5${i}Z` }, last);
      const idle = await sync(server, { lastSyncedAt: String(answer.syncedAt).replace('.000Z', 'Z') });
      expect(idle).toEqual({ serverPieces: [], uploadedPieces: [], updatedPieces: [], syncedAt: answer.syncedAt });
      last = { lastSyncedAt: answer.syncedAt };
      seen.push(answer.syncedAt);
    }
    expect(new Set(seen).size).toBe(5);
    expect([...seen].sort()).toEqual(seen);
    for (const one of seen) expect(one).toMatch(/:\d\d\.000Z$/);
  });

  test('without lastSyncedAt everything comes, with an empty one too, with one that was never given out too', async () => {
    const server = await openRepertoireServer({ kind });
    await upload(server);
    for (const lastSyncedAt of [undefined, '', null, '2031-01-01T00:00:00Z', '2020-01-01T00:00:00.123Z', '2020-01-01T02:00:00+02:00']) {
      const answer = await sync(server, { pieces: [], ...(lastSyncedAt === undefined ? {} : { lastSyncedAt }) });
      expect(answer.serverPieces).toMatchObject([{ pieceId: ID, title: 'Oli Aloha' }]);
    }
    for (const lastSyncedAt of ['yesterday', 5, '2026-13-01T00:00:00Z']) {
      expect(await server.call('POST', '/pieces', { lastSyncedAt })).toMatchObject({ status: 400, body: { code: 'BAD_REQUEST' } });
    }
  });

  test('sync uploads what is modified, upload all, download nothing', async () => {
    const server = await openRepertoireServer({ kind });
    expect(await upload(server, { locallyModified: false })).toMatchObject({ uploadedPieces: [], serverPieces: [] });
    expect(await upload(server, {}, { operation: 'download' })).toMatchObject({ uploadedPieces: [], serverPieces: [] });
    expect(await upload(server, { locallyModified: false }, { operation: 'upload' })).toMatchObject({
      uploadedPieces: [ID],
      serverPieces: [],
    });
    expect(await upload(server, {}, { operation: 'download' })).toMatchObject({ uploadedPieces: [], serverPieces: [{ pieceId: ID }] });
    expect(await server.call('POST', '/pieces', { operation: 'delete' })).toMatchObject({ status: 400, body: { code: 'BAD_REQUEST' } });
  });

  test('an upload without a change of content raises the version all the same, its repeat does not', async () => {
    const server = await openRepertoireServer({ kind });
    await upload(server);
    const practised = { version: 3, modifiedAt: '2025-06-19T00:00:00Z' };
    const answer = await upload(server, practised);
    expect(first(answer.updatedPieces).version).toBeGreaterThan(3);
    expect(first((await upload(server, practised)).updatedPieces).version).toBe(first(answer.updatedPieces).version);
  });

  test('ids keep their case, and mean the same piece in the other', async () => {
    const server = await openRepertoireServer({ kind });
    expect(await upload(server, { pieceId: OTHER })).toMatchObject({ uploadedPieces: [OTHER], updatedPieces: [{ pieceId: OTHER }] });
    const upper = OTHER.toUpperCase();
    const again = await upload(server, { pieceId: upper, version: 3, title: 'Renamed', modifiedAt: '2025-06-20T00:00:00Z' });
    expect(again).toMatchObject({ uploadedPieces: [upper], updatedPieces: [{ pieceId: upper, title: 'Renamed' }] });
    expect((await sync(server, {})).serverPieces).toMatchObject([{ pieceId: OTHER, title: 'Renamed' }]);
  });

  test('what is no piece is refused alone and by name; the rest is stored', async () => {
    const server = await openRepertoireServer({ kind });
    const bad: readonly (readonly [Json, RegExp])[] = [
      [piece({ pieceId: 'p1' }), /pieceId: must be a UUID/],
      [piece({ pieceId: OTHER, title: '' }), /title/],
      [piece({ pieceId: OTHER.replace('8', '9'), category: 'hula' }), /category/],
      [piece({ pieceId: OTHER.replace('1', '2'), modifiedAt: 'today' }), /modifiedAt/],
      [piece({ pieceId: OTHER.replace('1', '3'), version: 1.5 }), /version/],
      [piece({ pieceId: OTHER.replace('1', '4'), lyrics: { length: { toString: null } } }), /piece|lyrics/],
      [piece({ pieceId: OTHER.replace('1', '5'), lyrics: 'x'.repeat(100_001) }), /lyrics/],
      [piece({ pieceId: OTHER.replace('1', '6'), title: 'half \uD800' }), /surrogate/],
      [piece(), /stands in this request before/],
      ['text', /pieceId/],
    ];
    const answer = await sync(server, { pieces: [piece(), ...bad.map(([one]) => one)] });
    expect(answer.uploadedPieces).toEqual([ID]);
    const refused = Array.isArray(answer.refusedPieces) ? answer.refusedPieces : [];
    expect(refused).toHaveLength(bad.length);
    for (const [one, message] of bad) {
      const id = isJsonObject(one) ? one.pieceId : null;
      const reasons = refused.filter((entry) => isJsonObject(entry) && entry.pieceId === id).map((entry) => first([entry]).error);
      expect(reasons.join(), JSON.stringify(id)).toMatch(message);
    }
  });

  test('native clients see what devices write, and devices what they write', async () => {
    const server = await openRepertoireServer({ kind });
    await upload(server);
    const native = async (n: number, mutation: JsonObject) => {
      const sent = { mutationId: `native-${n}`, n, collection: 'pieces', id: ID, base: 1, at: NOW, ...mutation };
      const push = { protocolVersion: 1, clientId: 'native', schemaVersion: 1, mutations: [sent] };
      expect((await server.call('POST', '/sync/push', push)).body).toMatchObject({ accepted: [{ status: 'applied' }] });
    };
    await native(1, { op: 'patch', fields: { author: 'Pukui' }, was: {} });
    const changed = await upload(server, { version: 3, notes: 'slowly', modifiedAt: '2025-06-19T00:00:00Z' });
    expect(changed.serverPieces).toMatchObject([{ author: 'Pukui', notes: 'slowly' }]);
    expect((await server.call('POST', '/sync/pull', { clientId: 'native' })).body).toMatchObject({
      changes: [{ collection: 'pieces', id: ID, fields: { author: 'Pukui', notes: 'slowly' } }],
    });
    // A deletion is nothing that the app's devices know: an edit brings the piece back, a repeat of what it was does not.
    await native(2, { op: 'delete', base: 3 });
    const known = first(changed.updatedPieces);
    const repeat = await sync(server, { pieces: [{ ...known, locallyModified: true }] });
    expect(repeat).toMatchObject({ uploadedPieces: [ID], serverPieces: [], updatedPieces: [{ author: 'Pukui' }] });
    expect((await sync(server, {})).serverPieces).toEqual([]);
    await sync(server, { pieces: [{ ...known, version: Number(known.version) + 1, title: 'Kept', locallyModified: true }] });
    expect((await sync(server, {})).serverPieces).toMatchObject([{ title: 'Kept', author: 'Pukui' }]);
  });

  test('one user sees nothing of another, though the ids are the same', async () => {
    const server = await openRepertoireServer({ kind });
    const { syncedAt } = await upload(server);
    expect((await sync(server, { lastSyncedAt: syncedAt ?? '' }, 'bob')).serverPieces).toEqual([]);
    await sync(server, { pieces: [piece({ title: 'Of Bob' })] }, 'bob');
    expect((await sync(server, {})).serverPieces).toMatchObject([{ title: 'Oli Aloha' }]);
  });

  test('what another writes while a request runs is not missed', async () => {
    const server = await openRepertoireServer({ kind });
    const ids = Array.from({ length: 40 }, (_, i) => `3f2504e0-4f89-41d3-9a0c-0305e82c33${String(i).padStart(2, '0')}`);
    const seen = new Set<unknown>();
    let lastSyncedAt = '';
    const read = async () => {
      const answer = await sync(server, { lastSyncedAt });
      for (const one of Array.isArray(answer.serverPieces) ? answer.serverPieces : []) seen.add(first([one]).pieceId);
      lastSyncedAt = String(answer.syncedAt);
    };
    await Promise.all(ids.map(async (pieceId, i) => Promise.all([upload(server, { pieceId }), i % 3 === 0 ? read() : undefined])));
    await read();
    expect([...seen].sort()).toEqual(ids);
  });
});

describe.each(STORAGES)('POST /sessions on %s', (kind) => {
  test('the same session again changes nothing, but an open one may be closed, once', async () => {
    const server = await openRepertoireServer({ kind });
    const send = async (sent: JsonObject) => (await server.call('POST', '/sessions', { sessions: [sent] })).body;
    const { endedAt: _, endedAtSource: __, ...open } = session();
    const all = async () => (await server.call('POST', '/sessions', { sessions: [] })).body.serverSessions;
    expect(await send(open)).toMatchObject({ uploadedSessions: [OTHER], serverSessions: [] });
    expect(await all()).toEqual([{ ...open, userId: 'ada', startedAt: '2025-06-18T12:34:56.000Z', createdAt: '2025-06-18T12:34:56.000Z' }]);
    await send(session());
    const closed = session({ userId: 'ada', startedAt: '2025-06-18T12:34:56.000Z', createdAt: '2025-06-18T12:34:56.000Z' });
    expect(await all()).toEqual([{ ...closed, endedAt: '2025-06-18T12:44:56.500Z' }]);
    await send(session({ startedAt: '2020-01-01T00:00:00Z', endedAt: '2021-01-01T00:00:00Z', endedAtSource: 'estimated', pieceId: OTHER }));
    await send(open);
    await send(session({ sessionId: OTHER.toUpperCase() }));
    expect(await all()).toEqual([{ ...closed, endedAt: '2025-06-18T12:44:56.500Z' }]);
    expect((await server.call('GET', '/sync/conflicts?state=all')).body.conflicts).toEqual([]);
  });

  test('what is no session is refused alone; later syncs get only what is new', async () => {
    const server = await openRepertoireServer({ kind });
    const sent = [session(), session({ sessionId: 's' }), session({ sessionId: ID, startedAt: 'now' }), 7];
    const { body } = await server.call('POST', '/sessions', { sessions: sent });
    expect(body.uploadedSessions).toEqual([OTHER]);
    expect(body.refusedSessions).toMatchObject([
      { sessionId: 's', code: 'VALIDATION_FAILED' },
      { sessionId: ID, error: expect.stringContaining('startedAt') },
      { sessionId: null },
    ]);
    const later = await server.call('POST', '/sessions', { sessions: [session({ sessionId: ID })], lastSyncedAt: body.syncedAt });
    expect(later.body).toMatchObject({ uploadedSessions: [ID], serverSessions: [] });
    const other = await server.call('POST', '/sessions', { sessions: [], lastSyncedAt: body.syncedAt });
    expect(other.body).toMatchObject({ serverSessions: [{ sessionId: ID }], syncedAt: later.body.syncedAt });
  });
});

test('a phone with many long pieces may send them all; beyond the limits nothing is stored', async () => {
  const server = await openRepertoireServer();
  const id = (i: number) => `3F2504E0-4F89-41D3-9A0C-${String(i).padStart(12, '0')}`;
  const long = Array.from({ length: 150 }, (_, i) => piece({ pieceId: id(i), lyrics: 'x'.repeat(80_000), locallyModified: i === 149 }));
  expect((await sync(server, { pieces: long })).uploadedPieces).toEqual([id(149)]);
  const many = await server.call('POST', '/pieces', { pieces: Array.from({ length: 20_001 }, () => ({})) });
  expect(many).toMatchObject({ status: 400, body: { code: 'BAD_REQUEST' } });
});

describe('GET /users/{userId}/export', () => {
  test('is a file of everything, of oneself alone', async () => {
    const server = await openRepertoireServer();
    await upload(server);
    await server.call('POST', '/sessions', { sessions: [session()] });
    const response = await server.request('GET', '/users/ada/export');
    expect(response.headers.get('Content-Disposition')).toMatch(/^attachment; filename="repertoire-2026-03-01\.json"$/);
    expect(await response.json()).toMatchObject({
      exportDate: expect.stringMatching(/Z$/),
      exportVersion: '1.0',
      user: { id: 'ada', email: 'ada@example.com' },
      pieces: [{ pieceId: ID, lyrics: 'Onaona i ka hala' }],
      practiceSessions: [{ sessionId: OTHER, endedAtSource: 'manual' }],
    });
    const refused = await server.call('GET', '/users/bob/export');
    expect(refused).toMatchObject({
      status: 403,
      body: { code: 'FORBIDDEN', error: expect.any(String), correlationId: expect.any(String) },
    });
  });
});

describe('refusals', () => {
  test('are a sentence, a code and a correlation id', async () => {
    const server = await openRepertoireServer();
    for (const [status, method, path, body, user] of [
      [401, 'POST', '/pieces', '{}', ''],
      [400, 'POST', '/pieces', '{', 'ada'],
      [400, 'POST', '/pieces', '{"pieces":"none"}', 'ada'],
      [400, 'POST', '/sessions', '{"sessions":{}}', 'ada'],
      [405, 'GET', '/pieces', undefined, 'ada'],
      [400, 'POST', '/auth/sync', '{}', ''],
      [400, 'POST', '/auth/sync', '{"googleIdToken":""}', ''],
    ] as const) {
      const answer = await server.call(method, path, body === undefined ? undefined : safeParse(body), user);
      expect([answer.status, Object.keys(answer.body).slice(0, 3)], `${method} ${path} ${body}`).toEqual([
        status,
        ['error', 'code', 'correlationId'],
      ]);
      expect(typeof answer.body.error).toBe('string');
    }
  });
});

/** What is no JSON goes out as a text, which is no message either. */
const safeParse = (text: string): unknown => {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
};

test('GET /openapi.json is OpenAPI 3.1, as an independent validator reads it, and names every route', async () => {
  const server = await openRepertoireServer();
  const { body } = await server.call('GET', '/openapi.json');
  const result = await new Validator().validate(JSON.parse(JSON.stringify(body)));
  expect(result.errors ?? []).toEqual([]);
  const routes = ['post /auth/sync', 'post /pieces', 'post /sessions', 'get /users/{userId}/export'];
  expect(ownRoutesOf(body).sort()).toEqual(routes.sort());
});

test('whatever is sent, the answer is what the spec says, and none is a fault of the server', async () => {
  const server = await openRepertoireServer();
  const odd = fc.oneof(fc.jsonValue(), fc.constantFrom<unknown>(piece(), session(), '', null, SECOND, 1e300, -1, true, 'sync', 'upload'));
  const body = fc.record(
    {
      operation: odd,
      lastSyncedAt: odd,
      sessions: fc.oneof(odd, fc.array(odd)),
      pieces: fc.oneof(odd, fc.array(fc.oneof(odd, brokenPiece(odd)))),
    },
    { requiredKeys: [] },
  );
  await fc.assert(
    fc.asyncProperty(fc.constantFrom('/pieces', '/sessions'), body, async (path, sent) => {
      const { status } = await server.request('POST', path, JSON.stringify(sent));
      expect(status).toBeLessThan(500);
    }),
    { numRuns: 300 },
  );
});

const brokenPiece = (odd: fc.Arbitrary<unknown>): fc.Arbitrary<unknown> =>
  fc.tuple(fc.constantFrom(...Object.keys(piece())), odd).map(([name, value]) => ({ ...piece(), [name]: value }));
