import { createMemoryStore } from '@tidemark/client/memory';
import type { Refusal } from '@tidemark/protocol';
import { expect, test } from 'vitest';
import type { BrowserEvent, SeenTab } from '../recorder/browser-event.ts';
import { openKept } from './kept.ts';

const DAY_MS = 24 * 60 * 60 * 1000;
const REFUSAL: Refusal = { code: 'VALIDATION_FAILED', message: 'too long' };

const tab = (url: string): SeenTab => ({ id: 1, windowId: 1, active: true, url, audible: false, incognito: false });
const snapshot = (at: number, ...urls: readonly string[]): BrowserEvent => ({
  ...{ kind: 'snapshot', at, session: 's', tabs: urls.map(tab), focused: 1, idle: 'active' },
  rules: { recording: true, excluded: [] },
});
const go = (at: number, url: string): BrowserEvent => ({ kind: 'tab', at, tab: tab(url) });

const open = async () => {
  const store = createMemoryStore(true);
  let ids = 0;
  const again = () =>
    openKept(store, () => {
      ids += 1;
      return `browser-${ids}`;
    });
  const kept = await again();
  await kept.hear(snapshot(1_000, 'https://a.example/'));
  return { kept, again };
};

test('what changes while it is being sent goes on waiting; what does not is let go of', async () => {
  const { kept } = await open();
  await kept.hear(go(2_000, 'https://b.example/'));
  const sent = await kept.waiting('visits');
  expect(sent.map(({ record }) => record.url)).toEqual(['https://a.example/', 'https://b.example/']);
  await kept.hear({ kind: 'beat', at: 5_000 });
  await kept.settle(sent, new Map(), 6_000);
  expect((await kept.waiting('visits')).map(({ record }) => [record.url, record.activeDuration])).toEqual([['https://b.example/', 3_000]]);
});

test('another worker on the same store: neither writes over what the other has written', async () => {
  const { kept, again } = await open();
  const other = await again();
  await other.hear(go(2_000, 'https://b.example/'));
  await expect(kept.hear(go(3_000, 'https://c.example/'))).rejects.toThrow('Another worker');
  const third = await again();
  await third.hear(go(3_000, 'https://c.example/'));
  expect((await third.exported()).visits.map(({ url, endedAt }) => [url, endedAt])).toEqual([
    ['https://a.example/', 2_000],
    ['https://b.example/', 3_000],
    ['https://c.example/', null],
  ]);
});

test('a refused record is kept with the reason, exported, sent again on demand, and by itself once it has changed', async () => {
  const { kept } = await open();
  const refuse = async (): Promise<void> => {
    const sent = await kept.waiting('visits');
    await kept.settle(sent, new Map(sent.map(({ key }) => [key, REFUSAL])), 2_000);
  };
  await refuse();
  expect(await kept.waiting('visits')).toEqual([]);
  expect(await kept.refused()).toMatchObject([{ kind: 'visits', error: REFUSAL, record: { url: 'https://a.example/' } }]);
  expect((await kept.exported()).visits).toHaveLength(1);
  await kept.decideRefused('retry');
  expect([(await kept.waiting('visits')).length, (await kept.refused()).length]).toEqual([1, 0]);
  await refuse();
  await kept.hear({ kind: 'beat', at: 4_000 });
  expect([(await kept.waiting('visits')).length, (await kept.refused()).length]).toEqual([1, 0]);
  await refuse();
  await kept.decideRefused('discard');
  expect([(await kept.waiting('visits')).length, (await kept.refused()).length]).toEqual([0, 0]);
});

test('what was sent is kept for 30 days, what was not for ever', async () => {
  const { kept } = await open();
  await kept.settle(await kept.waiting('visits'), new Map(), 10_000);
  await kept.hear(go(20_000, 'https://b.example/'));
  const urls = async () => (await kept.exported()).visits.map(({ url }) => url);
  await kept.prune(10_000 + 29 * DAY_MS);
  expect(await urls()).toEqual(['https://a.example/', 'https://b.example/']);
  await kept.settle((await kept.waiting('visits')).slice(0, 1), new Map(), 20_000);
  await kept.prune(20_001 + 30 * DAY_MS);
  expect(await urls()).toEqual(['https://b.example/']);
});

test('deleting leaves nothing but the wish to delete at the server, and another name for this browser', async () => {
  const { kept, again } = await open();
  const before = kept.head().anonymousClientId;
  const underWay = await kept.waiting('visits');
  await kept.erase();
  // An answer to what was sent before brings nothing back.
  await kept.settle(underWay, new Map(), 3_000);
  const opened = await again();
  expect(await opened.exported()).toEqual({ visits: [], aggregates: [] });
  expect(opened.head()).toMatchObject({ erasing: true, lastSyncAt: null });
  expect(opened.head().anonymousClientId).not.toBe(before);
  await opened.erased();
  expect((await again()).head().erasing).toBe(false);
});
