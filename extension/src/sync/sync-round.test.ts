import type { Answer, Calls } from '@tidemark/client/calls';
import { createMemoryStore } from '@tidemark/client/memory';
import { isJsonObject, type JsonObject } from '@tidemark/protocol';
import { expect, test } from 'vitest';
import { openKept } from '../kept/kept.ts';
import type { BrowserEvent, SeenTab } from '../recorder/browser-event.ts';
import { BATCH_MAX, runSyncRound } from './sync-round.ts';

const NOW = 1_000_000;
const tab = (id: number, url: string): SeenTab => ({ id, windowId: 1, active: id === 1, url, audible: false, incognito: false });
const snapshot = (urls: readonly string[]): BrowserEvent => ({
  ...{ kind: 'snapshot', at: 1_000, session: 's', tabs: urls.map((url, i) => tab(i + 1, url)), focused: 1, idle: 'active' },
  rules: { recording: true, excluded: [] },
});

const refusal = (
  status: number,
  code: 'BAD_REQUEST' | 'UNAVAILABLE' | 'UNAUTHENTICATED' | 'BODY_TOO_LARGE',
  details?: JsonObject,
): Answer<never> => ({
  ...{ ok: false, status },
  error: { code, message: code, ...(details === undefined ? {} : { details }) },
});

type Serve = (list: readonly JsonObject[], path: string) => Answer<JsonObject>;

/** Something kept of these pages, and a server that answers as it is told; the real one is in tests/browser/extension. */
const open = async (urls: readonly string[], serve: Serve) => {
  const kept = await openKept(createMemoryStore(true), () => 'me');
  await kept.hear(snapshot(urls));
  const sent: (readonly JsonObject[])[] = [];
  const ask: Calls['ask'] = async (path, isAnswer, body) => {
    const list = Object.values(body ?? {})
      .flat()
      .filter(isJsonObject);
    sent.push(list);
    const answer = serve(list, path);
    if (!answer.ok) return answer;
    if (!isAnswer(answer.value)) throw new Error('not understood');
    return { ...answer, value: answer.value };
  };
  const deleted: number[] = [];
  const tools = {
    ...{ kept, calls: { ask, withToken: async () => null }, now: () => NOW },
    deleteAll: async (): Promise<Answer<JsonObject>> => {
      deleted.push(sent.length);
      return { ok: true, status: 200, value: {} };
    },
  };
  return { kept, sent, deleted, round: () => runSyncRound(tools) };
};

const ok = (value: JsonObject = { rejected: [] }): Answer<JsonObject> => ({ ok: true, status: 200, value });
const pages = (count: number): string[] => Array.from({ length: count }, (_, i) => `https://a.example/${i}`);
const isBad = ({ url, currentUrl }: JsonObject): boolean => String(url ?? currentUrl).endsWith('/3');
const rejectedOf = (list: readonly JsonObject[]): JsonObject[] =>
  list.flatMap((one, index) => (isBad(one) ? [{ index, id: 'x', code: 'TOO_BAD', message: 'no' }] : []));

test('2,300 visits and as many totals go in requests of at most 1,000, each under the name of this browser', async () => {
  const { kept, sent, round } = await open(pages(2_300), () => ok());
  expect(await round()).toBeNull();
  expect(sent.map((list) => list.length)).toEqual([BATCH_MAX, BATCH_MAX, 300, BATCH_MAX, BATCH_MAX, 300]);
  expect(sent.flat().every(({ anonymousClientId }) => anonymousClientId === 'me')).toBe(true);
  expect(kept.pending()).toBe(0);
  expect(kept.head()).toMatchObject({ lastSyncAt: NOW, trouble: null });
});

test('long addresses make requests shorter, not too large', async () => {
  const { sent, round } = await open(
    pages(1_500).map((url) => `${url}?${'x'.repeat(4_000)}`),
    () => ok(),
  );
  await round();
  expect(Math.max(...sent.map((list) => JSON.stringify(list).length))).toBeLessThan(4.3 * 1024 * 1024);
});

test('a record that is refused is set aside with the reason; the others are done', async () => {
  const { kept, round } = await open(pages(6), (list) => ok({ rejected: rejectedOf(list) }));
  expect(await round()).toBeNull();
  expect(kept.pending()).toBe(0);
  const refused = await kept.refused();
  expect(refused.map(({ kind, error }) => `${kind}: ${error.message}`).sort()).toEqual([
    'aggregates: no (TOO_BAD)',
    'visits: no (TOO_BAD)',
  ]);
});

test('where every record of a request is refused, each is set aside', async () => {
  const all = (list: readonly JsonObject[]) => list.map((_, index) => ({ index, id: 'x', code: 'TOO_BAD', message: 'no' }));
  const { kept, sent, round } = await open(pages(5), (list) => refusal(400, 'BAD_REQUEST', { rejected: all(list) }));
  expect(await round()).toBeNull();
  expect([kept.pending(), (await kept.refused()).length, sent.length]).toEqual([0, 10, 2]);
});

test('one record that makes the server refuse whole requests is found and set aside', async () => {
  const { kept, round } = await open(pages(20), (list) => (list.some(isBad) ? refusal(400, 'BAD_REQUEST') : ok()));
  expect(await round()).toBeNull();
  expect([kept.pending(), (await kept.refused()).length]).toEqual([0, 2]);
});

test.each([
  ['a server that cannot be reached', refusal(0, 'UNAVAILABLE')],
  ['a server that fails', refusal(503, 'UNAVAILABLE')],
  ['a session that has ended', refusal(401, 'UNAUTHENTICATED')],
])('%s stops the round, and everything goes on waiting', async (_, answer) => {
  const { kept, sent, round } = await open(pages(3), () => answer);
  expect(await round()).toMatchObject({ code: answer.ok ? '' : answer.error.code });
  expect([kept.pending(), sent.length, (await kept.refused()).length]).toEqual([6, 1, 0]);
  expect(kept.head().trouble).not.toBeNull();
});

test('who wants everything deleted: that is asked for before anything is sent, and again until it is done', async () => {
  const { kept, sent, deleted, round } = await open(pages(3), () => ok());
  await kept.erase();
  await kept.hear(snapshot(pages(1)));
  expect(await round()).toBeNull();
  expect(deleted).toEqual([0]);
  expect(sent.map((list) => list.length)).toEqual([1, 1]);
  expect(kept.head().erasing).toBe(false);
});
