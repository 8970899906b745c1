import type { PullAnswer } from '@tidemark/protocol/messages';
import type { Traffic } from '../client.ts';
import type { ClientEnv } from '../platform/client-env.ts';
import type { Transactions } from '../store/transactions.ts';
import { applyPage } from './apply-page.ts';

export interface LivePageOptions {
  readonly env: ClientEnv;
  readonly transactions: Transactions;
  readonly onTraffic: (traffic: Omit<Traffic, 'at'>) => void;
  /** There is something that only a round can fetch. */
  readonly poke: () => void;
}

/** Answers what takes a page of the event stream: it is stored like a pulled one, if it goes on from the stored cursor. */
export const createLivePages =
  ({ env, transactions, onTraffic, poke }: LivePageOptions) =>
  async (page: PullAnswer, cursor: string): Promise<void> => {
    const { mirror } = transactions;
    const asked = { clientId: mirror.meta.clientId, receiptN: mirror.meta.receiptN };
    onTraffic({ kind: 'live', count: page.changes.length, ok: true });
    const applied = await transactions.run((current) => {
      const change = applyPage(current, page, cursor, asked, env.wall());
      return change === 'stale' ? null : change;
    });
    if (applied) {
      if (mirror.meta.heal !== null || mirror.meta.staging !== null) poke();
      return;
    }
    await transactions.refresh();
    // Another session or a pull was faster; only where the page has more than they brought is there something to fetch.
    if (page.seq > mirror.meta.seq || page.epoch !== mirror.meta.epoch) poke();
  };
