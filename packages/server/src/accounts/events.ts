import type { ItemWrite } from '@tidemark/engine/accounts';
import type { AccountsContext, Caller } from './context.ts';
import { ownerOf, places, put } from './items.ts';
import { type EventKind, type EventRow, eventRow } from './rows.ts';
import { newId } from './secrets.ts';

const DAY_MS = 24 * 60 * 60 * 1000;
const KEPT_MS = 365 * DAY_MS;
/** What strangers can cause without end is kept for less. */
const REFUSED_KEPT_MS = 30 * DAY_MS;
const CAUSED_BY_STRANGERS: ReadonlySet<EventKind> = new Set([
  'sign_in_refused',
  'verify_refused',
  'register_repeated',
  'verify_sent',
  'magic_sent',
  'reset_sent',
]);
/** What concerns no account is written all the same: whether an address has an account shall not show in the work done. */
const NOBODY = 'nobody';
const NOBODY_KEPT_MS = 60 * 60 * 1000;
const TIME_DIGITS = 15;

const eventId = ({ env, randomBytes }: AccountsContext): string =>
  `${String(Math.max(0, Math.floor(env.wall()))).padStart(TIME_DIGITS, '0')}-${newId(randomBytes).slice(0, 8)}`;

const keptMs = (accountId: string | undefined, kind: EventKind): number => {
  if (accountId === undefined) return NOBODY_KEPT_MS;
  return CAUSED_BY_STRANGERS.has(kind) ? REFUSED_KEPT_MS : KEPT_MS;
};

/** The write that adds a line to the audit log of an account, or to nobody's. It goes into the batch of what it tells about. */
export const eventOf = (
  context: AccountsContext,
  accountId: string | undefined,
  kind: EventKind,
  caller: Caller | undefined,
  about?: string,
): ItemWrite => {
  const at = context.env.wall();
  const row: EventRow = {
    kind,
    at,
    ...(caller?.network === undefined ? {} : { from: caller.network }),
    ...(caller?.client === undefined ? {} : { client: caller.client }),
    ...(about === undefined ? {} : { about }),
  };
  const owner = accountId === undefined ? NOBODY : ownerOf(accountId);
  return put(places.event(owner, eventId(context)), row, at + keptMs(accountId, kind));
};

/** A page of an account's audit log, newest first; `before` is the id of the last event of the page before. */
export const listEvents = async (
  { items }: AccountsContext,
  accountId: string,
  page: { readonly before?: string; readonly limit: number },
): Promise<{ readonly events: readonly ({ readonly id: string } & EventRow)[]; readonly nextBefore?: string }> => {
  const found = await items.list(ownerOf(accountId), {
    prefix: 'event/',
    schema: eventRow,
    descending: true,
    limit: page.limit,
    ...(page.before === undefined ? {} : { after: `event/${page.before}` }),
  });
  const events = found.map(({ id, row }) => ({ id: id.slice('event/'.length), ...row }));
  const last = events.at(-1);
  return last === undefined || events.length < page.limit ? { events } : { events, nextBefore: last.id };
};
