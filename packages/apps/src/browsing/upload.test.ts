import { isJsonObject, type JsonObject } from '@tidemark/protocol';
import { describe, expect, test } from 'vitest';
import { aggregateOf, NOW, openBrowsingServer, readAll, visitAt } from './browsing-server.suite.ts';

const nested = (depth: number): string => '['.repeat(depth) + ']'.repeat(depth);

describe('a visit that cannot be taken is refused by itself', () => {
  test.each<[string, string, string, string]>([
    ['a 2 MB address', `"url":"https://example.com/${'a'.repeat(2_000_000)}"`, 'VALIDATION_FAILED', 'url'],
    ['a negative duration', '"duration":-1', 'VALIDATION_FAILED', 'duration'],
    ['a negative active duration', '"activeDuration":-0.5', 'VALIDATION_FAILED', 'activeDuration'],
    ['a duration of NaN', '"duration":"NaN"', 'VALIDATION_FAILED', 'duration'],
    ['a duration beyond all numbers', '"duration":1e999', 'INVALID_NUMBER', 'duration'],
    ['a duration of years', '"duration":99999999999', 'VALIDATION_FAILED', 'duration'],
    ['a visit in 2099', `"timestamp":${Date.UTC(2099, 0, 1)}`, 'VALIDATION_FAILED', 'ahead'],
    ['an end in 2099', `"endedAt":${Date.UTC(2099, 0, 1)}`, 'VALIDATION_FAILED', 'ahead'],
    ['a time before all times', '"timestamp":-1', 'VALIDATION_FAILED', 'timestamp'],
    ['javascript:', '"url":"javascript:alert(1)"', 'VALIDATION_FAILED', 'url'],
    ['JavaScript: in disguise', '"url":" \\tJava\\nScript:alert(1)"', 'VALIDATION_FAILED', 'url'],
    ['data:', '"url":"data:text/html,<script>alert(1)</script>"', 'VALIDATION_FAILED', 'url'],
    ['blob:', '"url":"blob:https://example.com/1"', 'VALIDATION_FAILED', 'url'],
    ['no address', '"url":null', 'VALIDATION_FAILED', 'url'],
    ['an address that is an object', '"url":{"length":{"toString":null}}', 'VALIDATION_FAILED', ''],
    ['metadata that reaches a prototype', '"metadata":{"__proto__":{"admin":true}}', 'INVALID_FIELD_NAME', 'metadata'],
    ['metadata with a constructor', '"metadata":{"constructor":1}', 'INVALID_FIELD_NAME', 'metadata'],
    ['metadata without a bottom', `"metadata":{"a":${nested(10_000)}}`, 'TOO_DEEP', 'metadata'],
    [
      'metadata with many members',
      `"metadata":${JSON.stringify(Object.fromEntries(Array.from({ length: 1_001 }, (_, i) => [`k${i}`, 1])))}`,
      'TOO_MANY_KEYS',
      'metadata',
    ],
    ['metadata of a megabyte', `"metadata":{"a":"${'x'.repeat(1_000_000)}"}`, 'RECORD_TOO_LARGE', 'limit'],
    ['metadata that is a list', '"metadata":[1]', 'VALIDATION_FAILED', 'metadata'],
    ['half a surrogate pair', '"title":"\\ud800"', 'INVALID_STRING', 'title'],
    ['U+0000', '"title":"\\u0000"', 'INVALID_STRING', 'title'],
    ['a rate above 1', '"engagementRate":1.5', 'VALIDATION_FAILED', 'engagementRate'],
    ['a tab that is no number', '"tabId":"one"', 'VALIDATION_FAILED', 'tabId'],
    ['an id that is too long', `"id":"${'i'.repeat(129)}"`, 'VALIDATION_FAILED', 'id'],
    ['an empty id', '"id":""', 'VALIDATION_FAILED', 'id'],
    ['idle periods that are none', '"idlePeriods":[{"end":1}]', 'VALIDATION_FAILED', 'idlePeriods'],
  ])('%s', async (_, member, code, says) => {
    const { call } = await openBrowsingServer();
    const bad = `{"id":"bad","url":"https://example.com/",${member}}`;
    const body = `{"visits":[${JSON.stringify(visitAt(0))},${bad},${JSON.stringify(visitAt(1))}]}`;
    const answer = await call('POST', '/api/sync/page-visits', body);
    expect(answer.status, answer.text.slice(0, 500)).toBe(200);
    expect(answer.body).toMatchObject({ accepted: 2, created: 2, rejected: [{ index: 1, code, message: expect.stringContaining(says) }] });
    expect(JSON.parse(await readAll(call))).toHaveLength(2);
    const alone = await call('POST', '/api/sync/page-visits', `{"visits":[${bad}]}`);
    expect(alone.status).toBe(400);
    expect(alone.body).toMatchObject({ error: { code: 'BAD_REQUEST', details: { rejected: [{ index: 0, code }] } } });
  });

  test.each<[string, unknown]>([
    ['null', null],
    ['a number', 7],
    ['a list', []],
    ['nothing in it', {}],
    ['no id', { url: 'https://example.com/' }],
  ])('%s', async (_, bad) => {
    const { call } = await openBrowsingServer();
    const answer = await call('POST', '/api/sync/page-visits', JSON.stringify({ visits: [bad, visitAt(0)] }));
    expect(answer.body).toMatchObject({ accepted: 1, rejected: [{ index: 0, id: null, code: 'VALIDATION_FAILED' }] });
  });
});

test.each<[string, JsonObject, string]>([
  ['a negative total', { totalActiveDuration: -1 }, 'totalActiveDuration'],
  ['no total', { totalActiveDuration: null }, 'totalActiveDuration'],
  ['a domain with a negative duration', { domainDurations: { 'a.example': -5 } }, 'domainDurations'],
  ['a page that runs something', { currentUrl: 'javascript:alert(1)' }, 'currentUrl'],
  ['a page of its own', { currentUrl: 'data:text/html,<script>alert(1)</script>' }, 'currentUrl'],
  ['a 2 MB address', { currentUrl: `https://example.com/${'a'.repeat(2_000_000)}` }, 'currentUrl'],
  ['a total of NaN', { totalActiveDuration: 'NaN' }, 'totalActiveDuration'],
  ['a domain that reaches a prototype', { domainDurations: JSON.parse('{"__proto__":5}') }, 'domainDurations'],
  ['last active in 2099', { lastActiveTime: Date.UTC(2099, 0, 1) }, 'ahead'],
  ['half a page', { pageCount: 0.5 }, 'pageCount'],
])('an aggregate with %s is refused by itself', async (_, bad, says) => {
  const { call } = await openBrowsingServer();
  const answer = await call('POST', '/api/sync/tab-aggregates', { aggregates: [aggregateOf(1, bad), aggregateOf(2)] });
  expect(answer.body).toMatchObject({ accepted: 1, rejected: [{ index: 0, id: '1', message: expect.stringContaining(says) }] });
});

describe('a whole request', () => {
  test('of 1,001 visits is refused, and nothing of it stored', async () => {
    const { call } = await openBrowsingServer();
    for (const count of [1_001, 6_000]) {
      const visits = Array.from({ length: count }, (_, i) => visitAt(i));
      const answer = await call('POST', '/api/sync/page-visits', { visits });
      expect([answer.status, answer.body.error]).toEqual([
        413,
        expect.objectContaining({ code: 'BATCH_TOO_LARGE', details: { limit: 1_000 } }),
      ]);
    }
    const aggregates = Array.from({ length: 1_001 }, (_, i) => aggregateOf(i));
    expect((await call('POST', '/api/sync/tab-aggregates', { aggregates })).status).toBe(413);
    expect(await readAll(call)).toBe('[]');
  });

  test.each<[string, string, number]>([
    ['NaN', '{"visits":[{"id":"a","url":"https://example.com/","duration":NaN}]}', 400],
    ['no list', '{"visits":{}}', 400],
    ['nothing', '{}', 400],
    ['nine megabytes', `{"visits":["${'x'.repeat(9 * 1024 * 1024)}"]}`, 413],
  ])('with %s', async (_, body, status) => {
    const { call } = await openBrowsingServer();
    expect((await call('POST', '/api/sync/page-visits', body)).status).toBe(status);
    expect(await readAll(call)).toBe('[]');
  });

  test('of no visits is done', async () => {
    const { call } = await openBrowsingServer();
    const none = { accepted: 0, created: 0, updated: 0, unchanged: 0, rejected: [] };
    expect((await call('POST', '/api/sync/page-visits', { visits: [] })).body).toEqual(none);
  });
});

test('the answer tells created, updated and unchanged records apart', async () => {
  const { call } = await openBrowsingServer();
  const put = async (visits: JsonObject[]) => (await call('POST', '/api/sync/page-visits', { visits })).body;
  const counts = (created: number, updated: number, unchanged: number) => ({
    accepted: created + updated + unchanged,
    created,
    updated,
    unchanged,
    rejected: [],
  });
  const longer = (i: number) => visitAt(i, { duration: 55_000 });
  expect(await put([visitAt(0), visitAt(1)])).toEqual(counts(2, 0, 0));
  expect(await put([visitAt(0), visitAt(1)])).toEqual(counts(0, 0, 2));
  expect(await put([visitAt(0), longer(1), visitAt(2), visitAt(2), longer(2)])).toEqual(counts(1, 2, 2));
  // Less than is known changes nothing, though it was never sent like that.
  expect(await put([visitAt(1, { duration: 1_000 }), visitAt(3)])).toEqual(counts(1, 0, 1));
});

test('a visit that says no more than its id and address has what follows from them, and null for the rest', async () => {
  const { call } = await openBrowsingServer();
  const started = NOW - 60_000;
  const minimal = { id: `pv_${started}_7`, url: 'https://User@Example.COM:8443/a?b' };
  await call('POST', '/api/sync/page-visits', { visits: [minimal] });
  const [visit] = JSON.parse(await readAll(call));
  expect(visit).toEqual({
    id: minimal.id,
    anonymousClientId: 'unknown',
    tabId: 7,
    url: minimal.url,
    domain: 'example.com',
    timestamp: started,
    endedAt: null,
    duration: null,
    activeDuration: null,
    isActive: false,
    idlePeriods: [],
    engagementRate: null,
    lastHeartbeat: null,
    title: null,
    category: null,
    categoryConfidence: null,
    categoryMethod: null,
    metadata: null,
  });
});

test('what real clients send is kept, under either name, and what is their own is read over', async () => {
  const { call } = await openBrowsingServer();
  const sent = {
    visitId: 'a visit',
    startedAt: NOW - 90_000,
    durationSeconds: 60,
    url: 'https://example.com/',
    domain: 'Example.com',
    title: 'Tides',
    category: 'news',
    categoryConfidence: 0.9,
    categoryMethod: 'rules',
    metadata: { referrer: 'https://search.example/', depth: { a: [1, null] } },
    endedAt: null,
    synced: false,
    syncedAt: null,
    syncStatus: 'pending',
  };
  await call('POST', '/api/sync/page-visits', { visits: [sent] });
  const [visit] = JSON.parse(await readAll(call));
  const { visitId, startedAt, durationSeconds, domain: _d, synced: _s, syncedAt: _a, syncStatus: _t, ...same } = sent;
  expect(visit).toMatchObject({ ...same, id: visitId, timestamp: startedAt, duration: durationSeconds * 1_000, domain: 'example.com' });
  expect(Object.keys(visit)).not.toContain('synced');
});

test('visits are found by time, domain and words, page by page', async () => {
  const { call } = await openBrowsingServer('sqlite');
  const visits = Array.from({ length: 50 }, (_, i) => visitAt(i, { title: i % 10 === 0 ? 'Crème brûlée' : 'Other' }));
  await call('POST', '/api/sync/page-visits', { visits });
  const idsOf = async (query: string) => {
    const { data } = (await call('GET', `/api/page-visits${query}`)).body;
    return (Array.isArray(data) ? data.filter(isJsonObject) : []).map(({ id }) => id);
  };
  expect(await idsOf('?q=creme')).toEqual([40, 30, 20, 10, 0].map((i) => visitAt(i).id));
  expect(await idsOf('?domain=site3.example&limit=2')).toEqual([48, 43].map((i) => visitAt(i).id));
  const from = Number(visitAt(10).timestamp);
  expect(await idsOf(`?from=${from}&to=${from + 120_000}`)).toEqual([11, 10].map((i) => visitAt(i).id));
  expect(await idsOf(`?from=${new Date(from).toISOString()}&to=${from + 1}`)).toEqual([visitAt(10).id]);
  const first = (await call('GET', '/api/page-visits?limit=30')).body;
  const second = (await call('GET', `/api/page-visits?limit=30&cursor=${encodeURIComponent(String(first.nextCursor))}`)).body;
  expect([first.data, second.data].flat()).toHaveLength(50);
  expect(second.nextCursor).toBe(null);
  for (const query of ['?form=1', '?from=yesterday', '?limit=0', '?limit=1001', '?cursor=x', '?tz=Nowhere/Land', '?from=2026-02-30']) {
    expect((await call('GET', `/api/page-visits${query}`)).status, query).toBe(400);
  }
});
