import { toRow } from '../store/rows.ts';
import { isPullAnswer } from './answers.ts';
import { applyPage, nextCursor, startOver } from './apply-page.ts';
import { type Round, type Trouble, toTrouble, unexpected } from './round.ts';

/** Pages that another session was faster with, before the round leaves the pulling to it. */
const STALE_PAGES_MAX = 5;

/** Pulls page after page until nothing is left. Each page is stored with its cursor, so an interrupted pull goes on where it was. */
export const pullAll = async (round: Round): Promise<Trouble> => {
  const { transactions, env } = round;
  let stale = 0;
  let startedOver = false;
  for (;;) {
    if (!round.isCurrent()) return { kind: 'stale' };
    const { meta } = transactions.mirror;
    const cursor = nextCursor(meta);
    const asked = { clientId: meta.clientId, receiptN: meta.receiptN };
    const body = {
      clientId: meta.clientId,
      ...(meta.spaceId === null ? {} : { spaceId: meta.spaceId }),
      ...(cursor === null ? {} : { cursor }),
    };
    const answer = await round.calls.post('/sync/pull', toRow(body));
    if (!answer.ok) {
      round.onTraffic({ kind: 'pull', count: 0, ok: false });
      if (answer.failure.error.code !== 'BAD_CURSOR' || startedOver) return toTrouble(answer.failure);
      startedOver = true;
      await transactions.run(startOver);
      continue;
    }
    const page = answer.body;
    if (!isPullAnswer(page)) return unexpected('/sync/pull');
    round.onTraffic({ kind: 'pull', count: page.changes.length, ok: true });
    if (page.hasMore && page.cursor === cursor) return unexpected('/sync/pull');
    const applied = await transactions.run((mirror) => {
      const change = applyPage(mirror, page, cursor, asked, env.wall());
      return change === 'stale' ? null : change;
    });
    if (!applied) {
      await transactions.refresh();
      stale += 1;
      if (stale >= STALE_PAGES_MAX) return null;
    } else if (!page.hasMore && transactions.mirror.meta.staging === null) return null;
    else if (!page.hasMore) {
      if (startedOver) return unexpected('/sync/pull');
      startedOver = true;
    }
  }
};
