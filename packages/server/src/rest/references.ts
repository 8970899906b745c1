import { type JsonObject, ok, type Refusal, type Result, refuse } from '@tidemark/protocol';
import * as z from 'zod';
import type { Call } from '../sync/call.ts';
import type { Selection } from './list-request.ts';
import { readList } from './read-list.ts';
import type { Resource } from './resource.ts';
import { applyWrites, liveRecord, type Write } from './write.ts';

const AT_ONCE = 1_000;
/** Edits that share a group with the delete: of large records too they stay below its limit in bytes. */
const WITH_DELETE_MAX = 10;

/** Refused where fields would name a record that its owner does not have. */
export const checkReferences = async (call: Call, { collection }: Resource, fields: JsonObject): Promise<Refusal | undefined> => {
  for (const [field, { refersTo }] of Object.entries(collection.fields)) {
    const id = fields[field];
    if (refersTo === undefined || typeof id !== 'string' || (await liveRecord(call, refersTo, id)) !== undefined) continue;
    const message = `There is nothing in ${refersTo} with this id.`;
    return refuse('BAD_REQUEST', message, { issues: [{ path: field, message }] }).error;
  }
  return undefined;
};

/** Records of another resource that name this one's in a field, which leads an index of theirs. */
export interface Referrers {
  readonly resource: Resource;
  readonly field: string;
}

/** What a request says of the referrers of what it deletes: `keep` them without a value, or move them to another id. */
interface Asked {
  readonly keep: boolean;
  readonly moveTo?: string;
}

const nameOf = ({ resource }: Referrers): string => resource.path.slice(1);

export const referrersQuery = (referrers: Referrers): z.ZodObject =>
  z.strictObject({ [nameOf(referrers)]: z.literal('keep').optional(), moveTo: z.uuid().optional() });

export const referrersHelp = (referrers: Referrers): string =>
  `While ${nameOf(referrers)} use it, it is refused with their number, unless ${nameOf(referrers)}=keep (they stay, without one) or ` +
  'moveTo=<id of another> is given.';

export const askedOf = (referrers: Referrers, query: { readonly [name: string]: unknown }): Asked => {
  const { moveTo } = query;
  return { keep: query[nameOf(referrers)] === 'keep', ...(typeof moveTo === 'string' ? { moveTo } : {}) };
};

const pageOf = (call: Call, { resource, field }: Referrers, id: string, cursor?: string) => {
  const selection: Selection = { where: { [field]: id }, search: '', sort: Object.keys(resource.sorts)[0] ?? '', order: 'asc' };
  return readList(call, resource, selection, { limit: AT_ONCE, cursor, at: 'now' });
};

const count = async (call: Call, referrers: Referrers, id: string): Promise<Result<number>> => {
  let total = 0;
  for (let cursor: string | undefined; ; ) {
    const page = await pageOf(call, referrers, id, cursor);
    if (!page.ok) return page;
    total += page.value.rows.length;
    cursor = page.value.next;
    if (cursor === undefined) return ok(total);
  }
};

/** Gives all that name `id` another value, until at most `leaving` do. The edits of those are answered and not made. */
const moveAll = async (
  call: Call,
  referrers: Referrers,
  id: string,
  value: string | null,
  leaving: number,
): Promise<Result<readonly Write[]>> => {
  for (;;) {
    const page = await pageOf(call, referrers, id);
    if (!page.ok) return page;
    const writes = page.value.rows.map((row): Write => {
      return { collection: row.collection, id: row.id, op: 'patch', fields: { [referrers.field]: value }, base: row.seq };
    });
    if (writes.length <= leaving) return ok(writes);
    const moved = await applyWrites(call, writes);
    if (!moved.ok) return moved;
    const [refused] = moved.value.answer.rejected.filter(({ code }) => code !== 'RECORD_NOT_FOUND');
    if (refused !== undefined) return { ok: false, error: { code: refused.code, message: refused.message } };
  }
};

/**
 * Before a delete: sees to those that name the record. Answers the last edits, to be made together with the delete. RECORD_IN_USE
 * where there are some and the request does not say what becomes of them.
 */
export const freeReferrers = async (
  call: Call,
  referrers: Referrers,
  id: string,
  { keep, moveTo }: Asked,
): Promise<Result<readonly Write[]>> => {
  const { resource, field } = referrers;
  if (keep && moveTo !== undefined) return refuse('BAD_REQUEST', `Give either ${nameOf(referrers)}=keep or moveTo, not both.`);
  if (moveTo === id) return refuse('BAD_REQUEST', 'What is deleted cannot be the one to move to.');
  const missing = moveTo === undefined ? undefined : await checkReferences(call, resource, { [field]: moveTo });
  if (missing !== undefined) return { ok: false, error: missing };
  if (keep || moveTo !== undefined) return moveAll(call, referrers, id, moveTo ?? null, WITH_DELETE_MAX);
  const total = await count(call, referrers, id);
  if (!total.ok || total.value === 0) return total.ok ? ok([]) : total;
  const name = nameOf(referrers);
  const message = `${total.value} ${name} use it. Say ${name}=keep to leave them without one, or moveTo=<id> to move them.`;
  return refuse('RECORD_IN_USE', message, { count: total.value });
};

/** After the delete, from which on nothing comes to name the record: frees what did while it was being deleted. */
export const freeLateReferrers = (call: Call, referrers: Referrers, id: string, { moveTo }: Asked): Promise<Result<readonly Write[]>> =>
  moveAll(call, referrers, id, moveTo ?? null, 0);
