import type { AccountsItem } from '@tidemark/engine/accounts';
import { ok } from '@tidemark/protocol';
import { emailOf, placeOfPii } from './account.ts';
import { type AccountsContext, decideAndWrite } from './context.ts';
import { places, put, remove } from './items.ts';
import type { AccountRow, Sealed } from './rows.ts';

const PAGE = 200;

const FIELDS = ['email', 'firstName', 'lastName', 'phone'] as const;

const sealedAgain = ({ pii }: AccountsContext, sealed: Sealed, place: string): Sealed => pii.seal(pii.open(sealed, place), place);

const resealed = (context: AccountsContext, account: AccountRow): AccountRow => {
  const next: AccountRow = { ...account };
  for (const field of FIELDS) {
    const sealed = account[field];
    if (sealed !== undefined) next[field] = sealedAgain(context, sealed, placeOfPii(account.accountId, field));
  }
  return next;
};

/** Answers whether there was anything to do. */
const resealAccount = async (context: AccountsContext, accountId: string): Promise<boolean> => {
  const { items, pii } = context;
  const done = await decideAndWrite<boolean>(context, async () => {
    const found = await items.find(places.account(accountId));
    if (found === undefined) return ok({ batch: [], value: false });
    const [index, ...olderIndexes] = pii.indexes(emailOf(context, found.row)).map(places.claim);
    if (index === undefined) throw new Error('An address has at least one index.');
    const [claim, ...olderClaims] = await items.findAll([index, ...olderIndexes]);
    const isCurrent = FIELDS.every((field) => found.row[field] === undefined || pii.isCurrent(found.row[field]));
    const stale = olderClaims.filter((older) => older?.row.accountId === accountId).filter((older) => older !== undefined);
    if (isCurrent && claim !== undefined && stale.length === 0) return ok({ batch: [], value: false });
    const claimed = claim === undefined ? [put(index, { accountId })] : [];
    return ok({ batch: [put(found, resealed(context, found.row)), ...claimed, ...stale.map(remove)], value: true });
  });
  if (!done.ok) throw new Error(done.error.message);
  return done.value;
};

const isAccount = ({ owner, id }: AccountsItem): boolean => id === 'account' && owner.startsWith('account/');

/**
 * Encrypts everything with the newest key that is still encrypted with an older one, or not at all, and answers how many
 * accounts that concerned. People may register and sign in meanwhile, and it may be cut off anywhere: what is
 * not done yet is found by the older key. When it answers 0, older keys are needed for nothing any more.
 */
export const resealAccounts = async (context: AccountsContext): Promise<number> => {
  let changed = 0;
  for (let after: string | undefined; ; ) {
    const page = await context.items.storage.scan({ limit: PAGE, ...(after === undefined ? {} : { after }) });
    for (const { owner } of page.items.filter(isAccount)) {
      if (await resealAccount(context, owner.slice('account/'.length))) changed += 1;
    }
    if (page.next === undefined) return changed;
    after = page.next;
  }
};
