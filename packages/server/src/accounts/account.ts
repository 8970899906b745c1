import type { AccountsContext } from './context.ts';
import { type Found, places } from './items.ts';
import type { AccountRow, Sealed } from './rows.ts';

/** An account as its owner sees it. */
export interface User {
  readonly id: string;
  readonly email: string;
  readonly emailVerified: boolean;
  readonly firstName?: string;
  readonly lastName?: string;
  readonly phone?: string;
  readonly createdAt: number;
}

/** What the personal data of an account is sealed to. */
export const placeOfPii = (accountId: string, field: 'email' | 'firstName' | 'lastName' | 'phone'): string => `${accountId}/${field}`;

const opened = ({ pii }: AccountsContext, sealed: Sealed | undefined, place: string): string | undefined =>
  sealed === undefined ? undefined : pii.open(sealed, place);

export const emailOf = ({ pii }: Pick<AccountsContext, 'pii'>, account: AccountRow): string =>
  pii.open(account.email, placeOfPii(account.accountId, 'email'));

export const userOf = (context: AccountsContext, account: AccountRow): User => {
  const { accountId, emailVerified, createdAt } = account;
  const firstName = opened(context, account.firstName, placeOfPii(accountId, 'firstName'));
  const lastName = opened(context, account.lastName, placeOfPii(accountId, 'lastName'));
  const phone = opened(context, account.phone, placeOfPii(accountId, 'phone'));
  return {
    id: accountId,
    email: emailOf(context, account),
    emailVerified,
    ...(firstName === undefined ? {} : { firstName }),
    ...(lastName === undefined ? {} : { lastName }),
    ...(phone === undefined ? {} : { phone }),
    createdAt,
  };
};

/** The account, unless it is being deleted. */
export const findAccount = async ({ items }: Pick<AccountsContext, 'items'>, accountId: string): Promise<Found<AccountRow> | undefined> => {
  const found = await items.find(places.account(accountId));
  return found?.row.deletingAt === undefined ? found : undefined;
};

/** The account of a normalized e-mail address. As many reads are made whether there is one or not. */
export const findByEmail = async (context: AccountsContext, email: string): Promise<Found<AccountRow> | undefined> => {
  const claims = await context.items.findAll(context.pii.indexes(email).map(places.claim));
  const claim = claims.find((one) => one !== undefined);
  return findAccount(context, claim?.row.accountId ?? 'nobody');
};
