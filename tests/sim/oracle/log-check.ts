import type { Append, LogRow } from '@tidemark/engine';
import { CONFLICTS, isJsonObject, type Json } from '@tidemark/protocol';
import { TASK_MARK } from '../app.ts';
import type { Context } from '../world/context.ts';
import type { Stored } from '../world/keeper.ts';
import { type Memory, userOf } from './memory.ts';
import { createModel } from './model.ts';

export interface LogCheck {
  /** Takes in what was stored since the last call. */
  read(stored: readonly Stored[]): void;
  /** The server went back to an older state: this is all that is stored now. */
  restart(stored: readonly Stored[]): void;
}

const createRowCheck = ({ violate, sometimes }: Context, memory: Memory) => {
  const seen = new Set<string>();
  const newest = new Map<string, LogRow>();
  const lastOrder = new Map<string, { readonly order: number; readonly mutationId: string }>();
  const checkOrder = (row: LogRow): void => {
    const known = memory.issued.get(row.mutationId);
    if (known === undefined || memory.restored) return;
    // A device that is put back to an earlier copy may go on under a clientId that it had meanwhile used for other edits.
    const chain = `${row.clientId} ${known.storeLife}`;
    const last = lastOrder.get(chain);
    if (last !== undefined && last.order > known.order)
      violate('I4', `${row.mutationId} of client ${row.clientId} stands after ${last.mutationId}, which was made later`);
    lastOrder.set(chain, { order: known.order, mutationId: row.mutationId });
  };
  const checkAuthor = (batch: Append, row: LogRow): void => {
    const known = memory.issued.get(row.mutationId);
    if (known === undefined) {
      if (!memory.foreign.has(row.mutationId)) violate('I3', `${row.mutationId} at ${row.seq} was never issued`);
      return;
    }
    const user = userOf(batch.space.key);
    if (known.user !== user) violate('I12', `${row.mutationId} of ${known.user} stands in the log of ${user}`);
    const { base, epoch } = known.mutation;
    if (typeof epoch === 'string' && memory.erasedEpochs.has(epoch))
      violate('I13', `${row.mutationId} came back after its space was erased`);
    if (epoch === batch.space.epoch && Number(base) >= row.seq) violate('I11', `${row.mutationId} at ${row.seq} had seen ${Number(base)}`);
  };
  const check = (batch: Append, log: readonly LogRow[], row: LogRow): void => {
    const previous = log.at(-1)?.seq ?? 0;
    if (row.seq !== previous + 1) violate('I5', `seq ${row.seq} follows ${previous}`);
    const key = `${batch.space.key} ${row.collection}/${row.id}`;
    const before = newest.get(key);
    newest.set(key, row);
    if (before !== undefined && row.revision !== before.revision + 1 && row.prevSeq === before.seq)
      violate('I5', `${key} went from revision ${before.revision} to ${row.revision}`);
    if (row.collection === CONFLICTS) return;
    const once = `${row.mutationId} ${key}`;
    if (seen.has(once)) violate('I2', `${row.mutationId} stands twice in the log, again at ${row.seq}`);
    seen.add(once);
    if (before?.deleted && !row.deleted) sometimes.hit('deleted record made again');
    checkAuthor(batch, row);
    checkOrder(row);
  };
  return { check, forget: (): void => [seen, newest, lastOrder].forEach((one) => void one.clear()) };
};

/** What a row itself must hold: the schema of its version. */
const checkFields = ({ violate }: Context, { collection, id, schemaVersion, deleted, fieldsJson, seq }: LogRow): void => {
  if (collection !== 'tasks' || schemaVersion < 2 || deleted || fieldsJson === null) return;
  const fields: Json = JSON.parse(fieldsJson);
  if (isJsonObject(fields) && !String(fields.title).startsWith(TASK_MARK))
    violate('schema', `tasks/${id} at ${seq} is of version 2, but its title is not: ${fieldsJson}`);
};

/** A resolution that was taken has closed its conflict (I8). */
const checkResolutions = ({ violate }: Context, memory: Memory, log: readonly LogRow[], batch: Append): void => {
  for (const { mutationId, verdict, collection, id } of batch.receipts) {
    if (collection !== CONFLICTS || verdict === 'rejected' || !memory.issued.has(mutationId)) continue;
    const newest = log.findLast((row) => row.collection === CONFLICTS && row.id === id);
    if (newest?.fieldsJson?.includes('"state":"open"')) violate('I8', `${mutationId} resolved ${id}, which is open still`);
  }
};

const checkGroups = ({ violate, sometimes }: Context, memory: Memory, batch: Append): void => {
  const groups = new Map<string, number>();
  for (const { mutationId, verdict } of batch.receipts) {
    const group = memory.issued.get(mutationId)?.mutation.group;
    if (typeof group === 'string' && verdict !== 'rejected') groups.set(group, (groups.get(group) ?? 0) + 1);
  }
  for (const [group, count] of groups) {
    sometimes.hit('group stored');
    const whole = [...memory.issued.values()].filter(({ mutation }) => mutation.group === group);
    // Of a group that a restored server still has a part of, only the rest comes again.
    const known = whole.filter(({ mutation }) => memory.receipts.has(String(mutation.mutationId))).length;
    if (whole.length !== count && whole.length !== known)
      violate('I16', `${count} of ${whole.length} mutations of group ${group} were stored in one append`);
  }
};

const situationOf: { readonly [verdict: string]: string } = {
  conflict: 'conflict raised',
  merged: 'edits merged',
  rejected: 'mutation refused by the server',
  applied: 'mutation applied',
};

/** Checks the log of each space as it grows: order, once, nothing invented, groups whole (I2–I5, I11, I12, I16). */
export const createLogCheck = (context: Context, memory: Memory, onErased: () => void): LogCheck => {
  const rows = createRowCheck(context, memory);
  const model = createModel(context, memory);
  const epochs = new Map<string, Set<string>>();
  let position = 0;
  const append = (batch: Append): void => {
    const user = userOf(batch.space.key);
    epochs.set(user, (epochs.get(user) ?? new Set()).add(batch.space.epoch));
    const log = memory.logs.get(batch.space.key) ?? [];
    memory.logs.set(batch.space.key, log);
    for (const { mutationId, verdict } of batch.receipts) {
      context.sometimes.hit(situationOf[verdict] ?? verdict);
      memory.receipts.set(mutationId, verdict);
    }
    if (batch.changes.length === 0 && batch.receipts.length > 0) context.sometimes.hit('append of verdicts only');
    for (const row of batch.changes) {
      rows.check(batch, log, row);
      checkFields(context, row);
      model.row(batch, row);
      log.push(row);
    }
    for (const { mutationId, verdict, seq, collection, id } of batch.receipts) {
      const row = log[seq - 1];
      if (verdict !== 'rejected' && seq > 0 && row?.id !== id)
        context.violate('I1', `${mutationId} has a receipt for ${collection}/${id} at ${seq}, where ${row?.id ?? 'nothing'} stands`);
    }
    checkGroups(context, memory, batch);
    checkResolutions(context, memory, log, batch);
  };
  const read: LogCheck['read'] = (stored) => {
    for (; position < stored.length; position += 1) {
      const one = stored[position];
      if (one?.kind === 'append') append(one.batch);
      if (one?.kind !== 'erase') continue;
      memory.logs.delete(one.space);
      const user = userOf(one.space);
      memory.erased.add(user);
      for (const epoch of epochs.get(user) ?? []) memory.erasedEpochs.add(epoch);
      for (const [mutationId, issued] of memory.issued)
        if (issued.user === user && memory.receipts.delete(mutationId)) memory.erasedReceipts.add(mutationId);
      onErased();
      model.forget(one.space);
      rows.forget();
    }
  };
  return {
    read,
    restart: (stored) => {
      memory.logs.clear();
      memory.receipts.clear();
      rows.forget();
      position = 0;
      // What heals comes in the order of its old seqs, not of its issue.
      memory.restored = true;
      read(stored);
    },
  };
};
