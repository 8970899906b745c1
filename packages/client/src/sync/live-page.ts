import type { PullAnswer } from '@tidemark/protocol/messages';
import type { Meta } from '../store/rows.ts';
import { takePage } from './pull.ts';
import type { SyncTools } from './round.ts';

/**
 * Takes a page of the event stream: it is stored like a pulled one, if it goes on from the stored cursor. `asked`: what was true
 * when the stream was opened, with the cursor of the page before; a receipt that came since may be later than the page, and is
 * no sign that the server forgot it. Answers whether there is something that only a round can fetch.
 */
export const takeLivePage = async (tools: SyncTools, page: PullAnswer, asked: Meta): Promise<boolean> => {
  const { mirror } = tools.transactions;
  tools.onTraffic('live', page.changes.length, true);
  if (await takePage(tools, page, asked)) return mirror.meta.heal || mirror.meta.staging !== null;
  // Another session or a pull was faster; only where the page has more than they brought is there something to fetch.
  return page.seq > mirror.meta.seq || page.epoch !== mirror.meta.epoch;
};
