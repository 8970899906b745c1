import { Validator } from '@seriousme/openapi-schema-validator';
import type { JsonObject } from '@tidemark/protocol';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { nativeRoutesOf, ownRoutesOf } from '../task-tracker/openapi-requests.suite.ts';
import { NOW, openTimerServer, STORAGES, type TimerServer, task } from './timer-server.suite.ts';

const upload = async (server: TimerServer, tasks: readonly unknown[], user?: string) => {
  const { status, body } = await server.call('POST', '/sync/upload', { tasks }, user);
  expect(status).toBe(200);
  return body.results;
};

const download = async (server: TimerServer, query = 'since=0') => {
  const { status, body } = await server.call('GET', `/sync/download?${query}`);
  expect(status).toBe(200);
  return body;
};

const remove = async (server: TimerServer, ids: readonly string[]) => (await server.call('POST', '/tasks/delete', { ids })).body;

/** A write of a native sync client. */
const push = async (server: TimerServer, n: number, mutation: JsonObject) => {
  const sent = { mutationId: `native-${n}`, n, collection: 'tasks', base: 0, at: server.clock.wall, ...mutation };
  const { body } = await server.call('POST', '/sync/push', { protocolVersion: 1, clientId: 'native', schemaVersion: 1, mutations: [sent] });
  return body;
};

const pullAll = async (server: TimerServer) => (await server.call('POST', '/sync/pull', { clientId: 'native' })).body;

const ok = (id: string, version: number, updatedAt = NOW - 1_000) => ({ id, ok: true, version, updatedAt });

describe.each(STORAGES)('POST /sync/upload on %s', (kind) => {
  test('stores what is new, and what stands on the version before', async () => {
    const server = await openTimerServer(kind);
    expect(await upload(server, [task('a'), task('b', { version: 7 })])).toEqual([ok('a', 1), ok('b', 7)]);
    expect(await upload(server, [task('a', { version: 2, title: 'Again' }), task('b', { version: 8, updatedAt: NOW })])).toEqual([
      ok('a', 2),
      ok('b', 8, NOW),
    ]);
    const { tasks } = await download(server);
    expect(tasks).toEqual([task('a', { version: 2, title: 'Again' }), task('b', { version: 8, updatedAt: NOW })]);
  });

  test('a version that brings nothing new counts all the same', async () => {
    const server = await openTimerServer(kind);
    await upload(server, [task('a')]);
    expect(await upload(server, [task('a', { version: 2 })])).toMatchObject([{ id: 'a', ok: true, version: 2 }]);
    expect(await upload(server, [task('a', { version: 2 })])).toMatchObject([{ id: 'a', ok: true, version: 2 }]);
    expect(await upload(server, [task('a', { version: 3, updatedAt: 5 })])).toMatchObject([{ id: 'a', ok: true, version: 3 }]);
    expect((await download(server)).tasks).toMatchObject([{ id: 'a', version: 3 }]);
  });

  test('anything but the next version is a conflict, of which nothing is stored', async () => {
    const server = await openTimerServer(kind);
    await upload(server, [task('a', { version: 5 })]);
    for (const version of [1, 4, 5, 7, 100]) {
      const sent = task('a', { version, title: 'Other' });
      expect(await upload(server, [sent])).toEqual([{ id: 'a', conflict: true, server: task('a', { version: 5 }) }]);
    }
    const history = await server.engine.history(server.space, { collection: 'tasks', id: 'a' });
    expect(history).toMatchObject({ ok: true, value: { entries: [{ revision: 1 }] } });
  });

  test('a repeat is no conflict, also after others wrote, and stores nothing', async () => {
    const server = await openTimerServer(kind);
    const first = task('a', {
      intervals: [
        { start: 9, end: 12 },
        { start: 1, end: null },
      ],
    });
    const second = task('a', { version: 2, title: 'Second' });
    expect(await upload(server, [first])).toEqual([ok('a', 1)]);
    expect(await upload(server, [first])).toEqual([ok('a', 1)]);
    await upload(server, [second]);
    await upload(server, [task('a', { version: 3, title: 'Third' })]);
    const before = await pullAll(server);
    expect(await upload(server, [first])).toEqual([ok('a', 1)]);
    expect(await upload(server, [second])).toEqual([ok('a', 2)]);
    expect(await pullAll(server)).toEqual(before);
  });

  test('of two uploads of one version at once exactly one is stored', async () => {
    const server = await openTimerServer(kind);
    await upload(server, [task('a')]);
    const rivals = Array.from({ length: 8 }, (_, i) => task('a', { version: 2, title: `Rival ${i}` }));
    const answers = await Promise.all(rivals.map((rival) => upload(server, [rival])));
    const winners = answers.flatMap((results, i) => (JSON.stringify(results).includes('"ok":true') ? [rivals[i]] : []));
    expect(winners).toHaveLength(1);
    expect((await download(server)).tasks).toEqual(winners);
    for (const results of answers.filter((one) => !JSON.stringify(one).includes('"ok":true'))) {
      expect(results).toEqual([{ id: 'a', conflict: true, server: winners[0] }]);
    }
  });

  test('of the same upload twice at once both are told that it is stored', async () => {
    const server = await openTimerServer(kind);
    const sent = Array.from({ length: 20 }, (_, i) => task(`t${i}`));
    const answers = await Promise.all([1, 2, 3].map(() => upload(server, sent)));
    for (const results of answers) expect(results).toEqual(sent.map((_, i) => ok(`t${i}`, 1)));
    expect((await pullAll(server)).latestVersion).toBe(20);
  });

  test('a deleted task stays deleted, whatever version comes', async () => {
    const server = await openTimerServer(kind);
    await upload(server, [task('a')]);
    await remove(server, ['a']);
    for (const sent of [task('a'), task('a', { version: 2 }), task('a', { version: 9, title: 'Back' })]) {
      expect(await upload(server, [sent])).toEqual([{ id: 'a', conflict: true, server: null, deleted: true }]);
    }
    expect(await download(server)).toMatchObject({ tasks: [] });
  });

  test('a stale device cannot bring back what was deleted and compacted', async () => {
    const server = await openTimerServer(kind);
    await upload(server, [task('a'), task('b')]);
    await remove(server, ['a']);
    await server.engine.compact(server.space, 3);
    expect(await upload(server, [task('a')])).toEqual([{ id: 'a', conflict: true, server: null, deleted: true }]);
  });

  test('a partly bad batch stores the good part and says what was wrong with the rest', async () => {
    const server = await openTimerServer(kind);
    const results = await upload(server, [task('a'), task('b', { title: '' }), task('c'), 'nothing', task('a', { title: 'Twice' })]);
    expect(results).toMatchObject([
      ok('a', 1),
      { id: 'b', error: { code: 'VALIDATION_ERROR', details: [{ path: 'title' }] } },
      ok('c', 1),
      { id: null, error: { code: 'VALIDATION_ERROR' } },
      { id: 'a', error: { code: 'VALIDATION_ERROR' } },
    ]);
    expect((await download(server)).tasks).toEqual([task('a'), task('c')]);
  });

  test('the device whose clock is a year off, ahead or behind, loses nothing and hides nothing', async () => {
    const server = await openTimerServer(kind);
    const year = 365 * 24 * 3_600_000;
    expect(await upload(server, [task('a', { updatedAt: NOW + year })])).toEqual([ok('a', 1, NOW)]);
    const seen = await download(server);
    expect(await upload(server, [task('a', { version: 2, title: 'Behind', updatedAt: NOW - year })])).toEqual([ok('a', 2, NOW)]);
    const news = await download(server, `since=${seen.serverTime}`);
    expect(news).toMatchObject({ tasks: [{ id: 'a', title: 'Behind', version: 2 }], deleted: [] });
    // A repeat by the fast clock is still known, though it is clamped to another time now.
    server.clock.wall += 60_000;
    expect(await upload(server, [task('a', { updatedAt: NOW + year })])).toMatchObject([{ id: 'a', ok: true, version: 1 }]);
  });
});

describe('what an upload refuses', () => {
  test.each<[string, JsonObject, string]>([
    ['a version of 0', { version: 0 }, 'version'],
    ['a version that is not whole', { version: 1.5 }, 'version'],
    ['a version of null', { version: null }, 'version'],
    ['an empty title', { title: '' }, 'title'],
    ['a title of 501 characters', { title: 'x'.repeat(501) }, 'title'],
    ['101 tags', { tags: Array.from({ length: 101 }, (_, i) => `t${i}`) }, 'tags'],
    ['a tag of 65 characters', { tags: ['x'.repeat(65)] }, 'tags.0'],
    ['archived as text', { archived: 'yes' }, 'archived'],
    ['half a millisecond', { intervals: [{ start: 1, end: 2.5 }] }, 'intervals.0.end'],
    ['an interval with more in it', { intervals: [{ start: 1, pause: 2 }] }, 'intervals.0'],
    ['5,001 intervals', { intervals: Array.from({ length: 5_001 }, (_, i) => ({ start: 2 * i, end: 2 * i + 1 })) }, 'intervals'],
    ['a time that is no number', { updatedAt: 'now' }, 'updatedAt'],
    ['an unknown member', { colour: 'red' }, 'colour'],
    ['a title made to break a schema', { title: { length: { toString: null } } }, ''],
    ['U+0000', { title: 'a\0b' }, ''],
    ['a forbidden name', JSON.parse('{"__proto__":{"polluted":1}}'), ''],
    ['an id of 129 characters', { id: 'x'.repeat(129) }, ''],
  ])('%s', async (_, change, path) => {
    const server = await openTimerServer();
    // A member called __proto__ is an own one only where JSON.parse made it.
    const sent = JSON.parse(
      `{${[JSON.stringify(task('a')), JSON.stringify(change)]
        .map((text) => text.slice(1, -1))
        .filter(Boolean)
        .join(',')}}`,
    );
    expect(await upload(server, [sent])).toMatchObject([
      { error: { code: 'VALIDATION_ERROR', message: expect.any(String), details: [{ path }] } },
    ]);
    expect(await pullAll(server)).toMatchObject({ changes: [] });
  });

  test.each(['id', 'title', 'intervals', 'archived', 'tags'])('a task without %s, which would be lost', async (name) => {
    const { [name]: _, ...sent } = task('a');
    expect(await upload(await openTimerServer(), [sent])).toMatchObject([
      { error: { code: 'VALIDATION_ERROR', details: [{ path: name }] } },
    ]);
  });

  test('a task of more than 256 KiB', { timeout: 60_000 }, async () => {
    // Numbers of 16 digits; and JSON spells U+0001 with six characters.
    const intervals = Array.from({ length: 5_000 }, (_, i) => ({
      start: 9_007_199_254_000_000 + 10 * i,
      end: 9_007_199_254_000_005 + 10 * i,
    }));
    const tags = Array.from({ length: 100 }, (_, i) => `${i}`.padStart(64, '\u0001'));
    expect(await upload(await openTimerServer(), [task('a', { intervals, tags })])).toMatchObject([
      { id: 'a', error: { code: 'VALIDATION_ERROR', details: [{ code: 'RECORD_TOO_LARGE' }] } },
    ]);
  });

  test.each<[string, unknown]>([
    ['no tasks', {}],
    ['an empty list', { tasks: [] }],
    ['501 tasks', { tasks: Array.from({ length: 501 }, (_, i) => task(`t${i}`)) }],
    ['no list', { tasks: { 0: task('a') } }],
    ['an unknown member', { tasks: [task('a')], mode: 'force' }],
    ['a lastSyncAt that is no time', { tasks: [task('a')], lastSyncAt: 'yesterday' }],
    ['no object', [task('a')]],
  ])('a whole request with %s', async (_, sent) => {
    const server = await openTimerServer();
    const { status, body } = await server.call('POST', '/sync/upload', sent);
    expect(status).toBe(400);
    expect(body).toMatchObject({ error: { code: 'BAD_REQUEST', message: expect.any(String), correlationId: expect.any(String) } });
    expect(await pullAll(server)).toMatchObject({ changes: [] });
  });

  test('takes 500 tasks, and a task as old timers kept it', { timeout: 60_000 }, async () => {
    const server = await openTimerServer();
    const results = await upload(
      server,
      Array.from({ length: 500 }, (_, i) => task(`t${i}`)),
    );
    expect(JSON.stringify(results).match(/"ok":true/g)).toHaveLength(500);
    const { updatedAt: _, version: __, ...old } = task('old');
    expect(await upload(server, [old])).toEqual([ok('old', 1, 0)]);
  });

  test('whoever the body names, the token owns what is stored', async () => {
    const server = await openTimerServer();
    const { body } = await server.call('POST', '/sync/upload', { userId: 'bob', tasks: [{ ...task('a'), userId: 'bob' }] });
    expect(body.results).toEqual([ok('a', 1)]);
    expect((await download(server)).tasks).toEqual([task('a')]);
    expect((await server.call('GET', '/sync/download?since=0', undefined, 'bob')).body).toMatchObject({ tasks: [] });
  });

  test('without a token', async () => {
    const server = await openTimerServer();
    for (const [method, path] of [
      ['POST', '/sync/upload'],
      ['GET', '/sync/download'],
      ['POST', '/tasks/delete'],
    ] as const) {
      expect((await server.call(method, path, method === 'GET' ? undefined : {}, '')).status).toBe(401);
    }
  });
});

describe.each(STORAGES)('GET /sync/download on %s', (kind) => {
  test('brings what was stored after `since`, by the time of the server', async () => {
    const server = await openTimerServer(kind);
    expect(await download(server, 'since=0')).toEqual({ tasks: [], deleted: [], serverTime: 0 });
    await upload(server, [task('a'), task('b')]);
    const first = await download(server);
    expect(first).toEqual({ tasks: [task('a'), task('b')], deleted: [], serverTime: expect.any(Number) });
    expect(await download(server, `since=${first.serverTime}`)).toEqual({ tasks: [], deleted: [], serverTime: first.serverTime });
    server.clock.wall -= 3_600_000;
    await upload(server, [task('c', { updatedAt: 1 })]);
    await remove(server, ['a']);
    const second = await download(server, `since=${first.serverTime}`);
    expect(second).toMatchObject({ tasks: [task('c', { updatedAt: 1 })], deleted: ['a'] });
    expect(await download(server, `since=${second.serverTime}`)).toMatchObject({ tasks: [], deleted: [] });
    expect(await download(server, 'since=99999999999999')).toEqual({ tasks: [], deleted: [], serverTime: 99_999_999_999_999 });
  });

  test.each([1, 3, 10])('in pages of %i, while others write, nothing is missed', async (limit) => {
    const server = await openTimerServer(kind);
    await upload(
      server,
      Array.from({ length: 25 }, (_, i) => task(`t${i}`)),
    );
    const known = await download(server);
    const seen = new Map<string, unknown>();
    let since = 0;
    let query = `limit=${limit}&since=${since}`;
    for (let step = 0; step < 200; step += 1) {
      const page = await download(server, query);
      for (const one of Array.isArray(page.tasks) ? page.tasks : []) seen.set(String(one.id), one);
      for (const id of Array.isArray(page.deleted) ? page.deleted : []) seen.delete(String(id));
      if (step === 2) await upload(server, [task('t0', { version: 2, title: 'Meanwhile' }), task('t99')]);
      if (step === 3) await remove(server, ['t24', 't1']);
      // Now by the cursor, now by the time of a page that was stopped at.
      since = Number(page.serverTime);
      if (page.nextCursor === undefined) {
        if (step > 3) break;
        query = `limit=${limit}&since=${since}`;
      } else query = `limit=${limit}&since=${since}${step % 5 === 4 && since > 0 ? '' : `&cursor=${page.nextCursor}`}`;
    }
    const whole = await download(server);
    expect([...seen.values()].map((one) => JSON.stringify(one)).sort()).toEqual(
      (Array.isArray(whole.tasks) ? whole.tasks : []).map((one) => JSON.stringify(one)).sort(),
    );
    expect(await download(server, `since=${since}`)).toMatchObject({ tasks: [], deleted: [] });
    expect(await download(server, `since=${known.serverTime}`)).toMatchObject({
      deleted: ['t24', 't1'],
      tasks: [{ id: 't0' }, { id: 't99' }],
    });
  });

  test('a `since` from before the log begins is answered with everything there is', async () => {
    const server = await openTimerServer(kind);
    await upload(server, [task('a')]);
    const { serverTime } = await download(server);
    server.clock.wall += 1_000;
    await upload(server, [task('b')]);
    await upload(server, [task('c')]);
    await server.engine.compact(server.space, 2);
    expect((await download(server, `since=${serverTime}`)).tasks).toEqual([task('a'), task('b'), task('c')]);
  });

  test.each([
    'since=',
    'since=-1',
    'since=1.5',
    'since=soon',
    'since=9007199254740993',
    'limit=0',
    'limit=1001',
    'limit=x',
    'cursor=',
    'sinse=1',
  ])('%s is refused', async (query) => {
    const { status, body } = await (await openTimerServer(kind)).call('GET', `/sync/download?${query}`);
    expect(status).toBe(400);
    expect(body).toMatchObject({ error: { code: 'BAD_REQUEST' } });
  });

  test('a broken cursor, and one of another user', async () => {
    const server = await openTimerServer(kind);
    await upload(server, [task('a'), task('b')]);
    const broken = await server.call('GET', '/sync/download?cursor=broken');
    expect([broken.status, broken.body]).toMatchObject([400, { error: { code: 'BAD_CURSOR' } }]);
    const { nextCursor } = await download(server, 'limit=1');
    const other = await server.call('GET', `/sync/download?cursor=${nextCursor}`, undefined, 'bob');
    expect([other.status, other.body]).toMatchObject([409, { error: { code: 'WRONG_SPACE' } }]);
  });
});

describe.each(STORAGES)('POST /tasks/delete on %s', (kind) => {
  test('deletes, tells what never was there, and gives a repeat the same answer', async () => {
    const server = await openTimerServer(kind);
    await upload(server, [task('a'), task('b')]);
    const answer = { deleted: ['b', 'a'], missing: ['never'] };
    for (let turn = 0; turn < 3; turn += 1) expect(await remove(server, ['b', 'never', 'a', 'b'])).toEqual(answer);
    expect((await pullAll(server)).latestVersion).toBe(4);
  });

  test('deletes also what is written at the same moment', async () => {
    const server = await openTimerServer(kind);
    await upload(server, [task('a')]);
    const [, answer] = await Promise.all([upload(server, [task('a', { version: 2, title: 'Late' })]), remove(server, ['a'])]);
    expect(answer).toEqual({ deleted: ['a'], missing: [] });
    expect((await download(server)).tasks).toEqual([]);
  });

  test.each([
    [{}],
    [{ ids: [] }],
    [{ ids: [1] }],
    [{ ids: [''] }],
    [{ ids: ['x'.repeat(129)] }],
    [{ ids: 'a' }],
    [{ ids: Array.from({ length: 501 }, (_, i) => `t${i}`) }],
  ])('refuses %j', async (sent) => {
    const { status, body } = await (await openTimerServer(kind)).call('POST', '/tasks/delete', sent);
    expect(status).toBe(400);
    expect(body).toMatchObject({ error: { code: 'BAD_REQUEST' } });
  });
});

describe('beside native clients', () => {
  const fields = (change: JsonObject = {}): JsonObject => {
    const { id: _, version: __, ...rest } = task('a');
    return { ...rest, ...change };
  };

  test('what is uploaded is pulled, and what is pushed is downloaded, with one count of versions', async () => {
    const server = await openTimerServer();
    await upload(server, [task('a')]);
    expect(await pullAll(server)).toMatchObject({ changes: [{ id: 'a', fields: { title: 'Task a', version: 1 } }] });
    await push(server, 1, { id: 'a', op: 'patch', base: 1, fields: { title: 'Native', updatedAt: NOW }, was: { title: 'Task a' } });
    await push(server, 2, { id: 'n', op: 'put', fields: fields({ version: 4 }) });
    expect((await download(server)).tasks).toMatchObject([
      { id: 'a', title: 'Native', version: 2 },
      { id: 'n', version: 4 },
    ]);
    expect(await upload(server, [task('a', { version: 2 })])).toMatchObject([{ conflict: true, server: { title: 'Native' } }]);
    expect(await upload(server, [task('a', { version: 3 })])).toMatchObject([{ ok: true, version: 3 }]);
    const history = await server.engine.history(server.space, { collection: 'tasks', id: 'a' });
    expect(history).toMatchObject({ value: { entries: [{ clientId: '$http' }, { clientId: 'native' }, { clientId: '$http' }] } });
  });

  test('an offline edit of a native client merges with an upload it has not seen', async () => {
    const server = await openTimerServer();
    await upload(server, [task('a', { tags: ['x'] })]);
    await upload(server, [task('a', { version: 2, tags: ['x', 'up'], intervals: [{ start: 1, end: 5 }] })]);
    const offline = { tags: ['x', 'down'], intervals: [{ start: 3, end: 9 }], updatedAt: NOW };
    await push(server, 1, { id: 'a', op: 'patch', base: 1, fields: offline, was: { tags: ['x'], intervals: [], updatedAt: NOW - 1_000 } });
    expect((await download(server)).tasks).toMatchObject([{ version: 3, tags: ['x', 'up', 'down'], intervals: [{ start: 1, end: 9 }] }]);
  });

  test('native routes and the app’s own stand side by side', async () => {
    const server = await openTimerServer();
    expect((await server.call('GET', '/sync/session')).body).toMatchObject({ app: 'time-tracker' });
    const wrong = await server.request('GET', '/sync/upload');
    expect([wrong.status, wrong.headers.get('Allow')]).toEqual([405, 'POST']);
  });
});

test('each user has 60 requests at once and 5 a second', async () => {
  const server = await openTimerServer();
  server.clock.monoStep = 0;
  const statusOf = async (user = 'ada') => (await server.request('GET', '/sync/download', undefined, user)).status;
  for (let i = 0; i < 60; i += 1) expect(await statusOf()).toBe(200);
  const limited = await server.request('GET', '/sync/download');
  expect([limited.status, limited.headers.get('Retry-After')]).toEqual([429, '1']);
  expect(await limited.json()).toMatchObject({ error: { code: 'TOO_MANY_REQUESTS' } });
  expect(await statusOf('bob')).toBe(200);
  server.clock.mono += 1_000;
  for (let i = 0; i < 5; i += 1) expect(await statusOf()).toBe(200);
  expect(await statusOf()).toBe(429);
});

describe('the spec', () => {
  test('is sound OpenAPI 3.1, and has a page', { timeout: 60_000 }, async () => {
    const server = await openTimerServer();
    const spec: JsonObject = (await server.call('GET', '/openapi.json', undefined, '')).body;
    expect(ownRoutesOf(spec)).toEqual(['post /sync/upload', 'get /sync/download', 'post /tasks/delete']);
    expect(nativeRoutesOf(spec)).toContain('post /sync/push');
    expect(await new Validator().validate({ ...spec })).toMatchObject({ valid: true });
    const page = await server.request('GET', '/docs', undefined, '');
    expect(await page.text()).toContain('/sync/download');
  });

  test('whatever is asked, the server does not fail', { timeout: 60_000 }, async () => {
    const server = await openTimerServer();
    const values = fc.oneof(
      fc.jsonValue(),
      fc.constant(task('a')),
      fc.record({ id: fc.string(), title: fc.jsonValue(), version: fc.integer() }),
    );
    const bodies = fc.oneof(
      fc.jsonValue(),
      fc.record({ tasks: fc.array(values), lastSyncAt: fc.oneof(fc.integer(), fc.constant(null)) }, { requiredKeys: ['tasks'] }),
      fc.record({ ids: fc.array(fc.string()) }),
    );
    const queries = fc.dictionary(fc.constantFrom('since', 'limit', 'cursor', 'x'), fc.oneof(fc.nat().map(String), fc.string()));
    await fc.assert(
      fc.asyncProperty(fc.constantFrom('/sync/upload', '/tasks/delete'), bodies, queries, async (path, body, query) => {
        expect((await server.call('POST', path, body)).status).toBeLessThan(500);
        expect((await server.call('GET', `/sync/download?${new URLSearchParams(query)}`)).status).toBeLessThan(500);
      }),
    );
  });
});
