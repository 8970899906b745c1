import type { AccountsStorage, ItemAddress } from '@tidemark/engine/accounts';

export const MOVE_UNDER_WAY = 'under way';

/** What the new place of a server says of the move to it. */
export interface MoveMark {
  /** The old place, as `tidemark migrate` names it. */
  readonly from: string;
  readonly state: typeof MOVE_UNDER_WAY | 'done';
}

const ADDRESS: ItemAddress = { owner: '$migrate', id: 'mark' };

export const isMark = ({ owner }: ItemAddress): boolean => owner === ADDRESS.owner;

export const readMark = async (accounts: AccountsStorage): Promise<MoveMark | undefined> => {
  const [item] = await accounts.read([ADDRESS]);
  if (item === undefined) return undefined;
  const mark: MoveMark = JSON.parse(item.json);
  return mark;
};

export const writeMark = async (accounts: AccountsStorage, mark: MoveMark): Promise<void> => {
  const [item] = await accounts.read([ADDRESS]);
  const put = { kind: 'put' as const, ...ADDRESS, expected: item?.revision ?? 0, expiresAt: null, json: JSON.stringify(mark) };
  if ((await accounts.write([put])) === 'moved') throw new Error('Another move to the same place is under way.');
};

/** Why a place may not be served, or undefined: a move to it was begun and has not ended. */
export const unfinishedMove = async (accounts: AccountsStorage): Promise<string | undefined> => {
  const mark = await readMark(accounts);
  if (mark?.state !== MOVE_UNDER_WAY) return undefined;
  return `A move from ${mark.from} to here has not ended. Run \`tidemark migrate\` again: it goes on where it stopped.`;
};
