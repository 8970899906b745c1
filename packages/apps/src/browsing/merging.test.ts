import type { JsonObject } from '@tidemark/protocol';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { aggregateRecord } from './aggregate.ts';
import { type BrowsingServer, NOW, openBrowsingServer, readAll } from './browsing-server.suite.ts';
import { type ReadyRecord, visitRecord } from './visit.ts';

// Whatever order batches come in, however often, and by whichever door: the same state in the end, and no conflict.

type Look = { readonly list: 'pageVisits' | 'tabAggregates'; readonly value: JsonObject };
type Door = 'rest' | 'v1' | 'native';
interface Batch {
  readonly door: Door;
  readonly looks: readonly Look[];
}

const ms = fc.integer({ min: 0, max: 4 }).map((n) => n * 1_000);
const time = ms.map((n) => NOW - 3_600_000 + n);
const word = fc.constantFrom('a', 'b', 'c');
const domain = fc.constantFrom('x.example', 'y.example', 'z.example');
const url = domain.map((name) => `https://${name}/`);
const sparse = (model: { readonly [name: string]: fc.Arbitrary<JsonObject[string]> }): fc.Arbitrary<JsonObject> =>
  fc.record(model, { requiredKeys: [], noNullPrototype: true }).map((value): JsonObject => JSON.parse(JSON.stringify(value)));

const browser = fc.constantFrom('one', 'two');
const visit = fc
  .record({
    named: fc.record({ id: fc.constantFrom('pv_1', 'pv_2'), anonymousClientId: browser, url }, { noNullPrototype: true }),
    rest: sparse({
      tabId: fc.integer({ min: 0, max: 2 }),
      timestamp: time,
      endedAt: time,
      duration: ms,
      durationSeconds: fc.integer({ min: 0, max: 4 }),
      activeDuration: ms,
      isActive: fc.boolean(),
      lastHeartbeat: time,
      engagementRate: fc.constantFrom(0, 0.5, 1),
      title: word,
      category: word,
      categoryConfidence: fc.constantFrom(0.2, 0.8),
      categoryMethod: word,
      idlePeriods: fc.array(
        sparse({ end: time, reason: word }).chain((more) => time.map((start) => ({ start, ...more }))),
        { maxLength: 3 },
      ),
      metadata: sparse({ a: word, b: fc.integer({ min: 0, max: 2 }) }),
    }),
  })
  .map(({ named, rest }): Look => ({ list: 'pageVisits', value: { ...rest, ...named } }));

const aggregate = fc
  .record({
    named: fc.record(
      { tabId: fc.integer({ min: 1, max: 2 }), startTime: fc.constantFrom(0, 1_000), anonymousClientId: browser, totalActiveDuration: ms },
      { noNullPrototype: true },
    ),
    rest: sparse({
      lastActiveTime: time,
      domainDurations: sparse({ 'x.example': ms, 'y.example': ms }),
      pageCount: fc.integer({ min: 0, max: 3 }),
      currentUrl: url,
      currentDomain: domain,
    }),
  })
  .map(({ named, rest }): Look => ({ list: 'tabAggregates', value: { ...rest, ...named } }));

const batch: fc.Arbitrary<Batch> = fc.record({
  door: fc.constantFrom<Door>('rest', 'v1', 'native'),
  looks: fc.array(fc.oneof(visit, aggregate), { minLength: 1, maxLength: 4 }),
});

const recordOf = ({ list, value }: Look): ReadyRecord<JsonObject> => {
  const sent = JSON.parse(JSON.stringify(value));
  return list === 'pageVisits' ? visitRecord(sent, 'none') : aggregateRecord(sent, 'none');
};

/** Sends batches as one user; native ones as two clients of the library, which put whole records on what they last saw. */
const createSender = (server: BrowsingServer, user: string) => {
  const token = `test-${user}`;
  const counters = new Map<string, number>();
  let sent = 0;
  const pushNative = async (looks: readonly Look[]): Promise<void> => {
    const clientId = sent % 2 === 0 ? 'phone' : 'laptop';
    const head = Number((await server.call('GET', '/sync/session', undefined, token)).body.latestVersion);
    const mutations: JsonObject[] = [];
    for (const look of looks) {
      const n = (counters.get(clientId) ?? 0) + 1;
      counters.set(clientId, n);
      sent += 1;
      const { id, fields, at } = recordOf(look);
      const known = await server.engine.get(server.spaceOf(user), look.list, id);
      const base = known !== undefined && sent % 3 === 0 ? head : 0;
      mutations.push({ mutationId: `${clientId}-${sent}`, n, collection: look.list, id, op: 'put', fields, base, at });
    }
    const body = { protocolVersion: 1, clientId, schemaVersion: 1, mutations };
    const pushed = await server.call('POST', '/sync/push', body, token);
    expect([pushed.status, pushed.body.rejected], pushed.text).toEqual([200, []]);
  };
  const listed = (looks: readonly Look[], list: Look['list']) => looks.filter((look) => look.list === list).map(({ value }) => value);
  return async ({ door, looks }: Batch): Promise<void> => {
    if (door === 'native') return pushNative(looks);
    const [pageVisits, tabAggregates] = [listed(looks, 'pageVisits'), listed(looks, 'tabAggregates')];
    const answers =
      door === 'v1'
        ? [await server.call('POST', '/api/v1/data/sync', { pageVisits, tabAggregates }, token)]
        : [
            await server.call('POST', '/api/sync/page-visits', { visits: pageVisits }, token),
            await server.call('POST', '/api/sync/tab-aggregates', { aggregates: tabAggregates }, token),
          ];
    for (const answer of answers) expect(answer.status, answer.text).toBe(200);
  };
};

describe.each(['memory', 'sqlite'] as const)('on %s', (kind) => {
  test('any order and repetition of batches, by any door, ends in the same state without a conflict', { timeout: 120_000 }, async () => {
    const server = await openBrowsingServer(kind);
    let run = 0;
    await fc.assert(
      fc.asyncProperty(
        fc.array(batch, { minLength: 1, maxLength: 6 }).chain((batches) => {
          const again = fc.shuffledSubarray([...batches, ...batches], { minLength: batches.length, maxLength: 2 * batches.length });
          return fc.record({ batches: fc.constant(batches), again });
        }),
        async ({ batches, again }) => {
          run += 1;
          const [first, second] = [`first${run}`, `second${run}`];
          const [sendFirst, sendSecond] = [createSender(server, first), createSender(server, second)];
          for (const one of batches) await sendFirst(one);
          for (const one of [...again, ...batches].reverse()) await sendSecond(one);
          const sorted = async (user: string) => {
            const all: readonly JsonObject[] = JSON.parse(await readAll(server.call, `test-${user}`));
            return all.map((record) => JSON.stringify(record)).sort();
          };
          expect(await sorted(second)).toEqual(await sorted(first));
          for (const user of [first, second]) {
            const conflicts = await server.call('GET', '/sync/conflicts?state=all', undefined, `test-${user}`);
            expect(conflicts.body.conflicts).toEqual([]);
          }
        },
      ),
      { numRuns: kind === 'memory' ? 60 : 15 },
    );
  });
});

test('two browsers with the same tab keep separate aggregates, and so do two starts of one browser', async () => {
  const { call } = await openBrowsingServer();
  const one = { tabId: 1, totalActiveDuration: 10 };
  const aggregates = [
    { ...one, anonymousClientId: 'a', startTime: 1 },
    { ...one, anonymousClientId: 'b', startTime: 1 },
    { ...one, anonymousClientId: 'a', startTime: 2 },
    { ...one, anonymousClientId: 'a', startTime: 1, totalActiveDuration: 30 },
  ];
  expect((await call('POST', '/api/sync/tab-aggregates', { aggregates })).body).toMatchObject({ created: 3, updated: 1, accepted: 4 });
  expect(JSON.parse(await readAll(call))).toHaveLength(3);
});

test("another user's upload of the same ids touches nothing", async () => {
  const { call } = await openBrowsingServer();
  const visits = [{ id: 'pv_1', anonymousClientId: 'a', url: 'https://x.example/', duration: 5 }];
  await call('POST', '/api/sync/page-visits', { visits });
  const before = await readAll(call);
  const stolen = visits.map((one) => ({ ...one, url: 'https://evil.example/', duration: 500, userId: 'ada' }));
  expect((await call('POST', '/api/sync/page-visits', { visits: stolen }, 'test-eve')).body).toMatchObject({ created: 1 });
  expect(await readAll(call)).toBe(before);
});

test('a visit that has ended stays ended, and what came before it in time changes nothing', async () => {
  const { call } = await openBrowsingServer();
  const look = { id: 'pv_1', anonymousClientId: 'a', url: 'https://x.example/', timestamp: NOW - 5_000 };
  const put = (visit: JsonObject) => call('POST', '/api/sync/page-visits', { visits: [visit] });
  await put({ ...look, endedAt: NOW, duration: 5_000, activeDuration: 4_000, isActive: false, title: 'Late' });
  expect(
    (await put({ ...look, endedAt: null, duration: 1_000, activeDuration: 1_000, isActive: true, title: 'Early' })).body,
  ).toMatchObject({
    unchanged: 1,
  });
  expect(JSON.parse(await readAll(call))).toMatchObject([
    { endedAt: NOW, duration: 5_000, activeDuration: 4_000, isActive: false, title: 'Late', engagementRate: 0.8 },
  ]);
});
