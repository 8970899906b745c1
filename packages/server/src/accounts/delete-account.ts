import { WRITES_MAX } from '@tidemark/engine/accounts';
import { ok, type Result } from '@tidemark/protocol';
import { emailOf } from './account.ts';
import { type AccountsContext, type Caller, decideAndWrite } from './context.ts';
import { eventOf } from './events.ts';
import { DELETIONS, type Found, ownerOf, places, put, remove } from './items.ts';
import { type DeletionRow, deletionRow, keyRow } from './rows.ts';
import { confirmOwner, type SignedIn } from './sign-in.ts';

/** A request that was let in just before may still write; what it left is erased after this time. */
const AGAIN_AFTER_MS = 10 * 60 * 1000;
const DELETIONS_PAGE = 100;
const KEYS_PAGE = WRITES_MAX;

/**
 * Deletes an account with all its data in every app. From the first write on nobody gets in any more; what is left to
 * do is done at once, and by `finishDeletions` where the process dies before. Refusals: those of confirmOwner.
 */
export const deleteAccount = async (
  context: AccountsContext,
  signedIn: SignedIn,
  password: string | undefined,
  caller: Caller,
): Promise<Result<void>> => {
  const owner = await confirmOwner(context, signedIn, password, caller);
  if (!owner.ok) return owner;
  const { accountId } = signedIn.account.row;
  const now = context.env.wall();
  const asked = await decideAndWrite<void>(context, async () => {
    const found = await context.items.find(places.account(accountId));
    if (found === undefined || found.row.deletingAt !== undefined) return ok({ batch: [], value: undefined });
    const batch = [
      put(found, { ...found.row, deletingAt: now, sessionsVersion: found.row.sessionsVersion + 1 }),
      put(places.deletion(accountId), { accountId, askedAt: now, again: now + AGAIN_AFTER_MS }),
      eventOf(context, accountId, 'deletion_asked', caller),
    ];
    return ok({ batch, value: undefined });
  });
  if (!asked.ok) return asked;
  await eraseAccount(context, accountId);
  return ok(undefined);
};

/** Spaces first, then what hangs on other owners, then the account's own items. Every step may be repeated. */
const eraseAccount = async (context: AccountsContext, accountId: string): Promise<void> => {
  const { items, pii } = context;
  await context.eraseSpaces(accountId);
  const owner = ownerOf(accountId);
  for (;;) {
    const keys = await items.list(owner, { prefix: 'key/', schema: keyRow, limit: KEYS_PAGE / 2 });
    if (keys.length === 0) break;
    const pointers = (await items.findAll(keys.map(({ row }) => places.keyOwner(row.keyId)))).filter((pointer) => pointer !== undefined);
    await items.write([...keys.map(remove), ...pointers.map(remove)]);
  }
  for (;;) {
    // The account's own row is the last to go, so that a repeat still finds whose the rest is.
    const left = (await items.storage.list(owner, { prefix: '', limit: WRITES_MAX + 1 })).filter(({ id }) => id !== 'account');
    if (left.length === 0) break;
    await items.write(left.slice(0, WRITES_MAX).map(remove));
  }
  for (;;) {
    const account = await items.find(places.account(accountId));
    if (account === undefined) return;
    const claims = await items.findAll(pii.indexes(emailOf(context, account.row)).map(places.claim));
    const own = claims.filter((claim) => claim?.row.accountId === accountId).filter((claim) => claim !== undefined);
    // Together with the claim on its address, which a change of the PII key may move at this moment: it would never be free again.
    if ((await items.write([...own.map(remove), remove(account)])) === 'stored') return;
  }
};

const finishDeletion = async (context: AccountsContext, deletion: Found<DeletionRow>): Promise<void> => {
  const { accountId, again } = deletion.row;
  const isDue = again <= context.env.wall();
  if (isDue || (await context.items.find(places.account(accountId))) !== undefined) await eraseAccount(context, accountId);
  if (isDue) await context.items.write([remove(deletion)]);
};

/**
 * Goes on with deletions that were cut off, and erases once more what a late request may have written. One that fails is
 * logged and left for the next time, and keeps no other from being done. Answers how many are left.
 */
export const finishDeletions = async (context: AccountsContext): Promise<number> => {
  const page = { prefix: '', schema: deletionRow, limit: DELETIONS_PAGE };
  for (const deletion of await context.items.list(DELETIONS, page)) {
    try {
      await finishDeletion(context, deletion);
    } catch (error) {
      context.logger.error(
        { err: error, account: deletion.row.accountId },
        'an account was not deleted yet; it is tried again in a minute',
      );
    }
  }
  return (await context.items.list(DELETIONS, page)).length;
};
