import { gunzipSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { objectOf, openTestServer, pushOf, put, refusalOf } from '../server.suite.ts';

const at = (path: string) => `/apps/notes${path}`;

describe('push, pull and sync', () => {
  test('what one client pushes another pulls', async () => {
    const { call } = await openTestServer();
    const pushed = await objectOf(await call('POST', at('/sync/push'), pushOf([put(1, 'a'), put(2, 'b')])));
    expect(pushed).toMatchObject({
      accepted: [
        { status: 'applied', seq: 1 },
        { status: 'applied', seq: 2 },
      ],
      rejected: [],
      latestVersion: 2,
      ackedN: 2,
    });
    const pulled = await objectOf(await call('POST', at('/sync/pull'), { clientId: 'tablet' }));
    expect(pulled).toMatchObject({ changes: [{ id: 'a', fields: { title: 'note a' } }, { id: 'b' }], latestVersion: 2 });
    const again = await objectOf(await call('POST', at('/sync/push'), pushOf([put(1, 'a')])));
    expect(again).toMatchObject({ accepted: [{ status: 'duplicate', first: 'applied', seq: 1 }] });
  });

  test('sync does both in one round trip', async () => {
    const { call } = await openTestServer();
    const answer = await objectOf(await call('POST', at('/sync'), { ...pushOf([put(1, 'a')]), limit: 10 }));
    expect(answer).toMatchObject({ push: { accepted: [{ seq: 1 }] }, pull: { changes: [{ id: 'a' }], latestVersion: 1 } });
  });

  test('a dry run answers the same and stores nothing', async () => {
    const { call } = await openTestServer();
    const answer = await objectOf(await call('POST', at('/sync/push?dryRun=true'), pushOf([put(1, 'a')])));
    expect(answer).toMatchObject({ accepted: [{ status: 'applied' }] });
    expect(await objectOf(await call('POST', at('/sync/pull'), { clientId: 'tablet' }))).toMatchObject({ changes: [], latestVersion: 0 });
    expect(await refusalOf(await call('POST', at('/sync/push?dryRun=perhaps'), pushOf([])))).toBe('400 BAD_REQUEST');
  });

  test("the engine's refusals of a request come with their status", async () => {
    const { call } = await openTestServer();
    expect(await refusalOf(await call('POST', at('/sync/push'), pushOf([put(2, 'a')])))).toBe('409 OUT_OF_ORDER');
    expect(await refusalOf(await call('POST', at('/sync/push'), { ...pushOf([]), protocolVersion: 99 }))).toBe('400 PROTOCOL_UNSUPPORTED');
    expect(await refusalOf(await call('POST', at('/sync/pull'), { clientId: 'phone', cursor: 'nonsense' }))).toBe('400 BAD_CURSOR');
    expect(await refusalOf(await call('POST', at('/sync/pull'), { clientId: 'phone', spaceId: 'other' }))).toBe('409 WRONG_SPACE');
  });

  test('large answers are compressed for those who take it', async () => {
    const { call } = await openTestServer();
    await call('POST', at('/sync/push'), pushOf([put(1, 'a', { fields: { title: 'x'.repeat(5_000) } })]));
    const plain = await call('POST', at('/sync/pull'), { clientId: 'tablet' });
    expect(plain.headers.get('Content-Encoding')).toBe(null);
    const expected = await plain.text();
    const packed = await call('POST', at('/sync/pull'), { clientId: 'tablet' }, { 'Accept-Encoding': 'br;q=0.5, gzip' });
    expect(packed.headers.get('Content-Encoding')).toBe('gzip');
    expect(packed.headers.get('Vary')).toContain('Accept-Encoding');
    expect(gunzipSync(await packed.arrayBuffer()).toString()).toBe(expected);
    const brotli = await call('POST', at('/sync/pull'), { clientId: 'tablet' }, { 'Accept-Encoding': 'br' });
    expect(brotli.headers.get('Content-Encoding')).toBe('br');
    const refused = await call('POST', at('/sync/pull'), { clientId: 'tablet' }, { 'Accept-Encoding': 'gzip;q=0' });
    expect(refused.headers.get('Content-Encoding')).toBe(null);
  });
});

describe('the other routes', () => {
  const conflicting = async () => {
    const opened = await openTestServer();
    const { call } = opened;
    await call('POST', at('/sync/push'), pushOf([put(1, 'a', { fields: { title: 't', body: 'first' } })], 'phone'));
    const edit = (clientId: string, n: number, body: string) =>
      call(
        'POST',
        at('/sync/push'),
        pushOf(
          [{ ...put(n, 'a'), mutationId: `${clientId}-${n}`, op: 'patch', fields: { body }, was: { body: 'first' }, base: 1 }],
          clientId,
        ),
      );
    await edit('phone', 2, 'by phone');
    const answer = await objectOf(await edit('tablet', 1, 'by tablet'));
    expect(answer).toMatchObject({ accepted: [{ status: 'conflict' }] });
    return opened;
  };

  test('session tells who, which space and the limits', async () => {
    const { call } = await openTestServer();
    expect(await objectOf(await call('GET', at('/sync/session')))).toMatchObject({
      app: 'notes',
      issuer: 'tidemark-development',
      subject: 'alice',
      latestVersion: 0,
      protocolVersion: 1,
      schemaVersion: 1,
      limits: { mutationsPerPushMax: 5000 },
      spaceId: expect.any(String),
      epoch: expect.any(String),
    });
  });

  test('conflicts are listed and resolved, once', async () => {
    const { call } = await conflicting();
    const open = await objectOf(await call('GET', at('/sync/conflicts')));
    expect(open).toMatchObject({
      conflicts: [{ collection: 'notes', id: 'a', field: 'body', mine: 'by tablet', theirs: 'by phone', state: 'open' }],
    });
    const { conflictId } = JSON.parse(JSON.stringify(open)).conflicts[0];
    const path = at(`/sync/conflicts/${conflictId}/resolve`);
    expect(await refusalOf(await call('POST', path, { choose: 'both' }))).toBe('400 BAD_REQUEST');
    const deep = '['.repeat(50) + ']'.repeat(50);
    expect(await refusalOf(await call('POST', path, { choose: 'value', value: JSON.parse(deep) }))).toBe('422 TOO_DEEP');
    expect((await call('POST', path, { choose: 'mine' })).status).toBe(200);
    expect(await objectOf(await call('GET', at('/sync/conflicts?state=open')))).toMatchObject({ conflicts: [] });
    expect(await objectOf(await call('GET', at('/sync/conflicts?state=resolved')))).toMatchObject({ conflicts: [{ state: 'resolved' }] });
    expect(await refusalOf(await call('POST', at('/sync/conflicts/none/resolve'), { choose: 'mine' }))).toBe('404 CONFLICT_NOT_FOUND');
  });

  test('history, the state of then, and going back to it', async () => {
    const { call } = await openTestServer();
    await call('POST', at('/sync/push'), pushOf([put(1, 'a')]));
    await call('POST', at('/sync/push'), pushOf([put(2, 'a', { fields: { title: 'second' }, was: { title: 'note a' }, base: 1 })]));
    const history = await objectOf(await call('GET', at('/sync/history?collection=notes&id=a&limit=10')));
    expect(history).toMatchObject({ entries: [{ seq: 2, fields: { title: 'second' } }, { seq: 1 }], compacted: false });
    expect(await objectOf(await call('GET', at('/sync/state?seq=1')))).toMatchObject({
      seq: 1,
      records: [{ id: 'a', fields: { title: 'note a' } }],
    });
    expect(await objectOf(await call('POST', at('/sync/restore'), { seq: 1 }))).toMatchObject({ restored: 1 });
    expect(await objectOf(await call('POST', at('/sync/pull'), { clientId: 'tablet' }))).toMatchObject({
      changes: [{ fields: { title: 'note a' }, revision: 3 }],
    });
    expect(await refusalOf(await call('POST', at('/sync/restore'), {}))).toBe('400 BAD_REQUEST');
  });

  test('digest', async () => {
    const { call } = await openTestServer();
    await call('POST', at('/sync/push'), pushOf([put(1, 'a')]));
    expect(await objectOf(await call('GET', at('/sync/digest')))).toMatchObject({
      collections: { notes: { count: 1 } },
      seq: 1,
      cursor: expect.any(String),
    });
  });

  test('devices are listed, named and revoked', async () => {
    const { call } = await openTestServer();
    await call('POST', at('/sync/push'), pushOf([put(1, 'a')]));
    expect(await objectOf(await call('GET', at('/devices')))).toMatchObject({
      devices: [{ clientId: 'phone', ackedN: 1, revoked: false }],
    });
    expect(await objectOf(await call('PATCH', at('/devices/phone'), { name: 'My phone' }))).toMatchObject({ name: 'My phone' });
    expect(await refusalOf(await call('PATCH', at('/devices/phone'), { name: '' }))).toBe('400 BAD_REQUEST');
    expect(await objectOf(await call('DELETE', at('/devices/phone')))).toMatchObject({ revoked: true });
    expect(await refusalOf(await call('POST', at('/sync/push'), pushOf([put(2, 'b')])))).toBe('403 CLIENT_REVOKED');
    expect(await refusalOf(await call('PATCH', at('/devices/nobody'), { name: 'x' }))).toMatch(/^4\d\d /);
  });

  test.each([
    '/sync/history',
    '/sync/history?collection=notes&id=a&limit=0',
    '/sync/history?collection=notes&id=a&before=-1',
    '/sync/state?asOf=1&seq=1',
    '/sync/state?asof=1',
    '/sync/state?seq=9007199254740993',
    '/sync/state?seq=1e3',
    '/sync/conflicts?state=closed',
    '/sync/session?x=1',
    '/sync/live',
  ])('a wrong query is refused: %s', async (path) => {
    const { call } = await openTestServer();
    expect(await refusalOf(await call('GET', at(path)))).toBe('400 BAD_REQUEST');
  });
});

describe('who may', () => {
  const everyRoute = [
    ['POST', '/sync/push'],
    ['POST', '/sync/pull'],
    ['POST', '/sync'],
    ['GET', '/sync/live'],
    ['GET', '/sync/stream'],
    ['GET', '/sync/session'],
    ['GET', '/sync/conflicts'],
    ['POST', '/sync/conflicts/x/resolve'],
    ['GET', '/sync/history'],
    ['GET', '/sync/state'],
    ['POST', '/sync/restore'],
    ['GET', '/sync/digest'],
    ['GET', '/devices'],
    ['PATCH', '/devices/x'],
    ['DELETE', '/devices/x'],
  ] as const;

  test.each(everyRoute)('%s %s wants a token of its app', async (method, path) => {
    const { server, call, token } = await openTestServer();
    const bare = await server.app.request(at(path), { method });
    expect(bare.headers.get('WWW-Authenticate')).toBe('Bearer');
    expect(await refusalOf(bare)).toBe('401 UNAUTHENTICATED');
    const foreign = await call(method, at(path), undefined, { Authorization: `Bearer ${await token('alice', 'lists')}` });
    expect(await refusalOf(foreign)).toBe('401 UNAUTHENTICATED');
  });

  test('nothing of one user or app is seen by another', async () => {
    const { call, token } = await openTestServer();
    await call('POST', at('/sync/push'), pushOf([put(1, 'a')]));
    const asBob = { Authorization: `Bearer ${await token('bob')}` };
    const asLists = { Authorization: `Bearer ${await token('alice', 'lists')}` };
    expect(await objectOf(await call('POST', at('/sync/pull'), { clientId: 'phone' }, asBob))).toMatchObject({
      changes: [],
      latestVersion: 0,
    });
    expect(await objectOf(await call('POST', '/apps/lists/sync/pull', { clientId: 'phone' }, asLists))).toMatchObject({ changes: [] });
    expect(await objectOf(await call('GET', at('/devices'), undefined, { ...asBob }))).not.toMatchObject({ devices: [{ ackedN: 1 }] });
  });
});

describe('errors and headers', () => {
  test('an unknown address and a wrong method', async () => {
    const { call } = await openTestServer();
    expect(await refusalOf(await call('GET', '/nothing'))).toBe('404 NOT_FOUND');
    expect(await refusalOf(await call('GET', '/apps/none/sync/session'))).toBe('404 NOT_FOUND');
    const wrong = await call('DELETE', at('/sync/push'));
    expect(wrong.headers.get('Allow')).toBe('POST');
    expect(await refusalOf(wrong)).toBe('405 METHOD_NOT_ALLOWED');
    expect((await call('GET', at('/devices/x'))).headers.get('Allow')).toBe('PATCH, DELETE');
    expect(await refusalOf(await call('POST', '/healthz'))).toBe('405 METHOD_NOT_ALLOWED');
  });

  test('problem details on request', async () => {
    const { call } = await openTestServer();
    const response = await call('POST', at('/sync/push'), pushOf([put(2, 'a')]), {
      Accept: 'application/problem+json',
      'X-Correlation-Id': 'abc-1',
    });
    expect(response.headers.get('Content-Type')).toBe('application/problem+json');
    expect(await objectOf(response)).toMatchObject({
      type: 'urn:tidemark:error:OUT_OF_ORDER',
      title: expect.any(String),
      status: 409,
      detail: expect.any(String),
      code: 'OUT_OF_ORDER',
      correlationId: 'abc-1',
    });
  });

  test('a correlation id is taken when it is sound, made when not, and stands on every answer', async () => {
    const { call, logged } = await openTestServer();
    expect((await call('GET', at('/sync/session'), undefined, { 'X-Correlation-Id': 'req-42' })).headers.get('X-Correlation-Id')).toBe(
      'req-42',
    );
    for (const bad of ['', 'a b', 'x'.repeat(65), '<script>']) {
      const response = await call('GET', '/nothing', undefined, { 'X-Correlation-Id': bad });
      expect(response.headers.get('X-Correlation-Id')).toMatch(/^[0-9a-f-]{36}$/);
    }
    expect(logged()).toContainEqual(
      expect.objectContaining({ correlationId: 'req-42', route: '/sync/session', app: 'notes', method: 'GET', status: 200 }),
    );
  });

  test('websites may call with a token, without credentials', async () => {
    const { server, call } = await openTestServer();
    const preflight = await server.app.request(at('/sync/push'), {
      method: 'OPTIONS',
      headers: {
        Origin: 'https://example.com',
        'Access-Control-Request-Method': 'POST',
        'Access-Control-Request-Headers': 'authorization,content-type',
      },
    });
    expect(preflight.status).toBe(204);
    expect(preflight.headers.get('Access-Control-Allow-Origin')).toBe('*');
    expect(preflight.headers.get('Access-Control-Allow-Headers')).toContain('Authorization');
    const answer = await call('GET', at('/sync/session'), undefined, { Origin: 'https://example.com' });
    expect(answer.headers.get('Access-Control-Allow-Origin')).toBe('*');
    expect(answer.headers.get('Access-Control-Allow-Credentials')).toBe(null);
    expect(answer.headers.get('Access-Control-Expose-Headers')).toBe(
      'Retry-After,X-Correlation-Id,ETag,Location,RateLimit,RateLimit-Policy,Content-Disposition',
    );
    expect(answer.headers.get('X-Correlation-Id')).toMatch(/./);
  });

  test('a fault is a 500 with a correlation id, its stack in the log and nothing of it in the answer', async () => {
    const { call, storage, logged } = await openTestServer();
    storage.load = () => Promise.reject(new Error('secret detail'));
    storage.readSpace = () => Promise.reject(new Error('secret detail'));
    const response = await call('GET', at('/sync/session'));
    const text = await response.clone().text();
    expect(await refusalOf(response)).toBe('500 INTERNAL');
    expect(text).not.toContain('secret');
    expect(JSON.stringify(logged().find((line) => line.level === 'error'))).toContain('secret detail');
    expect(logged()).toContainEqual(expect.objectContaining({ level: 'error', msg: 'request', status: 500, code: 'INTERNAL' }));
  });

  test('no token and no body in the log', async () => {
    const { call, token, logged } = await openTestServer();
    const mine = await token('alice');
    await call('POST', at('/sync/push'), pushOf([put(1, 'a', { fields: { title: 'private words' } })]), {
      Authorization: `Bearer ${mine}`,
    });
    await call('POST', at('/sync/push'), { wrong: 'private words' }, { Authorization: `Bearer ${mine}` });
    expect(logged().length).toBeGreaterThan(1);
    expect(JSON.stringify(logged())).not.toContain(mine);
    expect(JSON.stringify(logged())).not.toContain('private words');
  });
});
