import type { PullAnswer } from '@tidemark/protocol/messages';
import type { Meta } from '../store/rows.ts';
import { isPullAnswer } from './answers.ts';
import { applyPage, nextCursor, startOver } from './apply-page.ts';
import type { Answer } from './calls.ts';
import { endless, type Round, STALE, type SyncTools, type Trouble, toTrouble } from './round.ts';

/** Changes of one page: few enough that the next is made ready while one is stored. */
const PAGE_CHANGES = 2_000;
/** Pages that another session was faster with, before the round leaves the pulling to it. */
const STALE_PAGES_MAX = 5;

/** Stores a page. False, with what is stored taken over, where the stored cursor is no longer the one that it was asked with. */
export const takePage = async ({ transactions, env }: SyncTools, page: PullAnswer, asked: Meta): Promise<boolean> => {
  const applied = await transactions.run((mirror) => applyPage(mirror, page, asked, env.wall()));
  if (!applied) await transactions.refresh();
  return applied;
};

/** Asks for the page after the position of `asked`. */
const askPage = async (round: Round, asked: Meta): Promise<{ readonly asked: Meta; readonly answer: Answer<PullAnswer> }> => {
  const { clientId, spaceId, pushed } = asked;
  const body = {
    clientId,
    spaceId: spaceId ?? undefined,
    cursor: nextCursor(asked) ?? undefined,
    pushed: pushed ?? undefined,
    limit: PAGE_CHANGES,
  };
  const answer = await round.calls.ask('/sync/pull', isPullAnswer, body);
  round.onTraffic('pull', answer.ok ? answer.value.changes.length : 0, answer.ok);
  return { asked, answer };
};

/**
 * Pulls page after page until nothing is left. Each page is stored with its cursor, so an interrupted pull goes on where it was.
 * While a page is stored the next one is on its way.
 */
export const pullAll = async (round: Round): Promise<Trouble> => {
  const { mirror, run } = round.transactions;
  let stale = 0;
  let startedOver = false;
  let ahead: ReturnType<typeof askPage> | undefined;
  while (round.isCurrent()) {
    const { asked, answer } = await (ahead ?? askPage(round, mirror.meta));
    ahead = undefined;
    if (!answer.ok) {
      if (answer.error.code !== 'BAD_CURSOR' || startedOver) return toTrouble(answer);
      startedOver = true;
      await run(startOver);
      continue;
    }
    const page = answer.value;
    if (page.hasMore && page.cursor === nextCursor(asked)) return endless();
    if (page.hasMore && round.isCurrent()) ahead = askPage(round, { ...mirror.meta, cursor: page.cursor, staging: null });
    if (!(await takePage(round, page, asked))) {
      ahead = undefined;
      stale += 1;
      if (stale >= STALE_PAGES_MAX) return null;
    } else if (!page.hasMore) {
      if (mirror.meta.staging === null) return null;
      if (startedOver) return endless();
      startedOver = true;
    }
  }
  return STALE;
};
