import type { PullAnswer } from '@tidemark/protocol/messages';
import { takePage } from './pull.ts';
import type { SyncTools } from './round.ts';

/**
 * Takes a page of the event stream: it is stored like a pulled one, if it goes on from the stored cursor. Answers whether
 * there is something that only a round can fetch.
 */
export const takeLivePage = async (tools: SyncTools, page: PullAnswer, cursor: string): Promise<boolean> => {
  const { mirror } = tools.transactions;
  tools.onTraffic('live', page.changes.length, true);
  if (await takePage(tools, page, { ...mirror.meta, cursor, staging: null })) return mirror.meta.heal || mirror.meta.staging !== null;
  // Another session or a pull was faster; only where the page has more than they brought is there something to fetch.
  return page.seq > mirror.meta.seq || page.epoch !== mirror.meta.epoch;
};
