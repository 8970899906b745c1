import { readFileSync } from 'node:fs';
import type { JsonObject } from '@tidemark/protocol';
import { describe, expect, test } from 'vitest';
import { aggregateOf, type BrowsingServer, openBrowsingServer, readAll, visitAt } from './browsing-server.suite.ts';
import { visitKey } from './keys.ts';

const fill = async ({ call }: BrowsingServer, token?: string): Promise<void> => {
  const visits = [
    visitAt(0, { url: 'https://www.secret.example/first' }),
    visitAt(1),
    visitAt(2, { domain: 'secret.example' }),
    visitAt(3),
  ];
  visits[0] = { ...visits[0], domain: 'www.secret.example' };
  const domainDurations = { 'www.secret.example': 40_000, 'site1.example': 50_000 };
  const aggregates = [
    aggregateOf(1, { domainDurations, currentDomain: 'www.secret.example', currentUrl: 'https://www.secret.example/first' }),
    aggregateOf(2),
  ];
  for (let again = 0; again < 2; again += 1) {
    await call('POST', '/api/sync/page-visits', { visits: visits.map((one) => ({ ...one, duration: 50_000 + again })) }, token);
    await call('POST', '/api/sync/tab-aggregates', { aggregates }, token);
  }
};

const pull = async ({ call }: BrowsingServer, more: JsonObject = {}) =>
  (await call('POST', '/sync/pull', { clientId: 'phone', ...more })).body;

describe.each(['memory', 'sqlite'] as const)('on %s', (kind) => {
  test('everything: records, log and history go; the native clients hear it, and others keep theirs', async () => {
    const server = await openBrowsingServer(kind);
    await fill(server);
    await fill(server, 'test-eve');
    const eves = await readAll(server.call, 'test-eve');
    const { cursor = null, spaceId = null } = await pull(server);
    expect((await server.call('DELETE', '/api/data')).body).toEqual({ everything: true });
    expect(await readAll(server.call)).toBe('[]');
    expect((await pull(server)).changes).toEqual([]);
    const id = visitKey('browser-a', String(visitAt(1).id));
    expect((await server.call('GET', `/sync/history?collection=pageVisits&id=${encodeURIComponent(id)}`)).status).toBe(404);
    const stale = await server.call('POST', '/sync/pull', { clientId: 'phone', cursor, spaceId });
    expect([stale.status, stale.body]).toEqual([410, { error: expect.objectContaining({ code: 'SPACE_ERASED' }) }]);
    expect(await readAll(server.call, 'test-eve')).toBe(eves);
  });

  test('a domain and those below it: no record, no change, no history and no aggregate names it any more', async () => {
    const server = await openBrowsingServer(kind);
    await fill(server);
    const { cursor = null } = await pull(server);
    const erased = await server.call('DELETE', '/api/data?domain=secret.example');
    expect(erased.body).toEqual({ everything: false, pageVisits: 2, tabAggregates: 1 });
    const left = JSON.parse(await readAll(server.call));
    expect(left).toMatchObject([
      { id: visitAt(3).id },
      { id: visitAt(1).id },
      { tabId: 2 },
      { tabId: 1, totalActiveDuration: 50_000, domainDurations: { 'site1.example': 50_000 }, currentUrl: null, currentDomain: null },
    ]);
    expect(JSON.stringify(await pull(server))).not.toContain('secret');
    expect(JSON.stringify((await server.call('GET', '/sync/conflicts?state=all')).body)).not.toContain('secret');
    const id = visitKey('browser-a', String(visitAt(0).id));
    expect((await server.call('GET', `/sync/history?collection=pageVisits&id=${encodeURIComponent(id)}`)).text).not.toContain('secret');
    // A native client that was up to date starts from a snapshot, in which they are not.
    const again = await pull(server, { cursor });
    expect(again.reset).toBe('floor');
    expect(JSON.stringify(again)).not.toContain('secret');
    expect((await server.engine.verify(server.spaceOf('ada'))).problems).toEqual([]);
    // The same upload again is a repeat of what was erased, and brings nothing back.
    const repeated = await server.call('POST', '/api/sync/page-visits', {
      visits: [visitAt(2, { domain: 'secret.example', duration: 50_000 })],
    });
    expect(repeated.body).toMatchObject({ unchanged: 1 });
    expect(await readAll(server.call)).not.toContain('secret');
  });

  test('a time: what touches it', async () => {
    const server = await openBrowsingServer(kind);
    await fill(server);
    const from = Number(visitAt(1).endedAt);
    expect((await server.call('DELETE', `/api/data?from=${from}&to=${Number(visitAt(3).timestamp)}`)).body).toEqual({
      everything: false,
      pageVisits: 2,
      tabAggregates: 0,
    });
    expect(JSON.parse(await readAll(server.call))).toMatchObject([{ id: visitAt(3).id }, { id: visitAt(0).id }, {}, {}]);
    expect((await server.call('DELETE', '/api/data?from=2026-11-21')).body).toMatchObject({ tabAggregates: 2 });
  });
});

test('a domain in any spelling, and pages whose browser calls it otherwise or not at all', async () => {
  const server = await openBrowsingServer();
  const url = 'https://Secret.example./x';
  const visits = [
    visitAt(0, { url, domain: 'secret' }),
    visitAt(1, { url, domain: '' }),
    visitAt(2, { domain: 'SECRET.example.' }),
    visitAt(3),
  ];
  await server.call('POST', '/api/sync/page-visits', { visits });
  const aggregates = [
    aggregateOf(1, { domainDurations: { 'Secret.EXAMPLE': 5, 'site1.example': 5 } }),
    aggregateOf(2, { currentUrl: url, currentDomain: 'secret' }),
    aggregateOf(3, { domainDurations: {}, statistics: { mostVisitedDomain: 'secret.example' } }),
    aggregateOf(4, { currentDomain: 'notsecret.example' }),
  ];
  await server.call('POST', '/api/sync/tab-aggregates', { aggregates });
  expect((await server.call('DELETE', '/api/data?domain=Secret.Example.')).body).toMatchObject({ pageVisits: 3, tabAggregates: 3 });
  const left: readonly JsonObject[] = JSON.parse(await readAll(server.call));
  expect(left).toHaveLength(5);
  expect(JSON.stringify(left.filter(({ tabId, url: address }) => address !== undefined || tabId !== 4))).not.toMatch(/secret/i);
  // What else such an aggregate told is kept: only the name goes.
  expect(left.find(({ tabId, pageCount }) => tabId === 1 && pageCount !== undefined)).toMatchObject({
    domainDurations: { 'site1.example': 5 },
    currentUrl: 'https://site2.example/',
  });
});

test.each(['?form=1', '?from=yesterday', '?domain=', '?domain=.', '?tz=Nowhere/Land&domain=x.example'])(
  '%s erases nothing',
  async (query) => {
    const server = await openBrowsingServer();
    await fill(server);
    expect((await server.call('DELETE', `/api/data${query}`)).status).toBe(400);
    expect(JSON.parse(await readAll(server.call))).toHaveLength(6);
  },
);

/** The words of a text as the search index keeps them, and the text itself; without their beginnings, which other words may share. */
const tracesOf = (text: string): readonly string[] => [text, Buffer.from(text).toString('hex').slice(4)];

test.each(['?domain=secret.example', ''])(
  'DELETE /api/data%s leaves nothing of it in the files, while the server runs on',
  async (query) => {
    const server = await openBrowsingServer('sqlite');
    const hidden = { url: 'https://secret.example/x', domain: 'secret.example', title: 'Zanzibar', metadata: { from: 'mombasa' } };
    // Few among many: the search index would not be rewritten for them by itself.
    for (let batch = 0; batch < 5; batch += 1) {
      const visits = Array.from({ length: 40 }, (_, i) => visitAt(batch * 40 + i, i === 7 ? hidden : {}));
      await server.call('POST', '/api/sync/page-visits', { visits });
      expect((await server.call('GET', '/api/page-visits?q=zanzibar')).body.data).toHaveLength(batch + 1);
    }
    await server.call('POST', '/api/sync/tab-aggregates', { aggregates: [aggregateOf(1, { domainDurations: { 'secret.example': 9 } })] });
    const found = (): readonly string[] => {
      const files = [server.file, `${server.file}-wal`].map((file) => readFileSync(file));
      return ['secret', 'zanzibar', 'Zanzibar', 'mombasa'].flatMap(tracesOf).filter((trace) => files.some((file) => file.includes(trace)));
    };
    expect(found()).not.toEqual([]);
    await server.call('DELETE', `/api/data${query}`);
    expect(found()).toEqual([]);
    expect((await server.call('GET', '/api/page-visits?q=tides&limit=1000')).body.data).toHaveLength(query === '' ? 0 : 195);
  },
);
