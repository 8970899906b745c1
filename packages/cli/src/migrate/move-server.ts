import type { Storage } from '@tidemark/engine';
import type { AccountsStorage } from '@tidemark/engine/accounts';
import { ok, type Result, refuse } from '@tidemark/protocol';
import { digestOfAccounts, digestOfSpace } from './digests.ts';
import { isMark, MOVE_UNDER_WAY, type MoveMark, readMark, writeMark } from './mark.ts';
import { moveAccounts } from './move-accounts.ts';
import { moveSpace } from './move-space.ts';

const SPACES_PAGE = 1_000;

/** The storages of one server. */
export interface Place {
  readonly storage: Storage;
  readonly accounts: AccountsStorage;
}

/** What was moved; `before` where an earlier run had done all of it. */
export interface Moved {
  readonly spaces: number;
  readonly changes: number;
  readonly items: number;
  readonly before: boolean;
}

/** Called before each part: its title and how much there is of it (0: not known), then how much of it is done. */
export interface MoveProgress {
  begin(title: string, total: number): void;
  done(count: number): void;
}

const keysOf = async (storage: Storage): Promise<string[]> => {
  const keys: string[] = [];
  for (;;) {
    const after = keys.at(-1);
    const page = await storage.listSpaces({ limit: SPACES_PAGE, ...(after === undefined ? {} : { after }) });
    if (page.length === 0) return keys;
    keys.push(...page);
  }
};

const isEmpty = async ({ storage, accounts }: Place): Promise<boolean> =>
  (await storage.listSpaces({ limit: 1 })).length === 0 && (await accounts.scan({ limit: 1 })).items.length === 0;

/** May this move be made, or gone on with? */
const checkMark = async (to: Place, mark: MoveMark | undefined, source: string): Promise<Result<void>> => {
  if (mark === undefined)
    return (await isEmpty(to))
      ? ok(undefined)
      : refuse('BAD_REQUEST', 'There is something in the new place already. Give an empty database.');
  if (mark.from === source) return ok(undefined);
  return refuse('BAD_REQUEST', `A move from ${mark.from} was begun to there. Go on with that one, or give an empty database.`);
};

const differing = async (from: Place, to: Place, keys: readonly string[], progress: MoveProgress): Promise<string[]> => {
  progress.begin('Comparing', keys.length);
  const different: string[] = [];
  for (const [at, key] of keys.entries()) {
    if ((await digestOfSpace(from.storage, key)) !== (await digestOfSpace(to.storage, key))) different.push(key);
    progress.done(at + 1);
  }
  if ((await digestOfAccounts(from.accounts, isMark)) !== (await digestOfAccounts(to.accounts, isMark))) different.push('the accounts');
  const more = (await keysOf(to.storage)).length - keys.length;
  return more > 0 ? [...different, `${more} spaces that the old place does not have`] : different;
};

/**
 * Moves everything of a server: all spaces with log, receipts and clients, and all account items. It may be cut off anywhere and run
 * again; a mark in the new place says that it is not whole, so that nothing serves it. In the end both are compared, row by row.
 * `source` names the old place. Refusals: BAD_REQUEST where something else is in the new place; UNAVAILABLE where the old one was
 * written to meanwhile.
 */
export const moveServer = async (from: Place, to: Place, source: string, progress: MoveProgress): Promise<Result<Moved>> => {
  const mark = await readMark(to.accounts);
  const allowed = await checkMark(to, mark, source);
  if (!allowed.ok) return allowed;
  const keys = await keysOf(from.storage);
  const counts = { spaces: keys.length, changes: 0, items: 0 };
  if (mark?.state === 'done') return ok({ ...counts, before: true });
  if (mark === undefined) await writeMark(to.accounts, { from: source, state: MOVE_UNDER_WAY });
  progress.begin('Moving accounts', 0);
  await moveAccounts(from.accounts, to.accounts, isMark, (items) => {
    counts.items += items;
    progress.done(counts.items);
  });
  progress.begin('Moving changes', 0);
  for (const key of keys) {
    const moved = await moveSpace({ from: from.storage, to: to.storage, key }, (changes) => {
      counts.changes += changes;
      progress.done(counts.changes);
    });
    if (!moved.ok) return moved;
  }
  const different = await differing(from, to, keys, progress);
  if (different.length > 0)
    return refuse(
      'UNAVAILABLE',
      `Not the same in both places: ${different.slice(0, 5).join(', ')}. Stop the old server, then run it again.`,
    );
  await writeMark(to.accounts, { from: source, state: 'done' });
  return ok({ ...counts, before: false });
};
