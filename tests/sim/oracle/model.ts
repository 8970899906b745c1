import type { Append, LogRow } from '@tidemark/engine';
import { CONFLICTS, isJsonObject, type Json, type JsonObject, type MutableJsonObject } from '@tidemark/protocol';
import type { Context } from '../world/context.ts';
import type { Memory } from './memory.ts';
import { RULES } from './model-rules.ts';
import { plainJson } from './plain-json.ts';

interface Stamp {
  readonly seq: number;
  /** '' where a rule combined the edits of several clients. */
  readonly clientId: string;
}

/** A record as the model has it. */
interface Modelled {
  readonly live: boolean;
  readonly fields: JsonObject;
  readonly schemaVersion: number;
  /** Of every field without a stamp of its own: who made the record. */
  readonly made: Stamp;
  readonly stamps: ReadonlyMap<string, Stamp>;
  /** False after a change that the model does not predict, until the record is made anew. */
  readonly isSure: boolean;
}

/** Predicts each change of the log from the mutation that made it. */
export interface Model {
  row(batch: Append, row: LogRow): void;
  /** The space was erased. */
  forget(space: string): void;
}

const fieldsOf = ({ fieldsJson, deleted }: LogRow): JsonObject => {
  const fields: Json = deleted || fieldsJson === null ? {} : JSON.parse(fieldsJson);
  return isJsonObject(fields) ? fields : {};
};

/**
 * Does this put make a record, with nothing of an earlier one in it? Where its author had not seen the deletion, it is an edit that
 * wins over that, and merged with what was deleted.
 */
const isCreate = (before: Modelled | undefined, row: LogRow, { op, base, schemaVersion }: JsonObject): boolean =>
  op === 'put' &&
  schemaVersion === row.schemaVersion &&
  (before === undefined || base === 0 || before.made.clientId === row.clientId || before.made.seq <= Number(base));

/** The state after a row that was not predicted. */
const observed = (before: Modelled | undefined, row: LogRow, creates: boolean): Modelled => {
  const fields = fieldsOf(row);
  const { schemaVersion } = row;
  const stamp = { seq: row.seq, clientId: row.clientId };
  const common = { fields, schemaVersion, made: stamp, stamps: new Map<string, Stamp>() };
  return row.deleted ? { ...common, live: false, isSure: true } : { ...common, live: true, isSure: creates && !before?.live };
};

interface Prediction {
  readonly stamps: Map<string, Stamp>;
  readonly fields: MutableJsonObject;
  conflict: boolean;
}

const predict = (before: Modelled, row: LogRow, mutation: JsonObject): Prediction => {
  const made: Prediction = { stamps: new Map(before.stamps), fields: { ...before.fields }, conflict: false };
  const was = isJsonObject(mutation.was) ? mutation.was : {};
  const sent = isJsonObject(mutation.fields) ? mutation.fields : {};
  for (const [field, value] of Object.entries(sent)) {
    const stamp = before.stamps.get(field) ?? before.made;
    const isForeign = stamp.clientId !== row.clientId && stamp.seq > Number(mutation.base);
    const meeting = { was: was[field], mine: value ?? undefined, theirs: before.fields[field], isForeign };
    const expected = RULES[field]?.(meeting);
    if (expected === undefined) continue;
    if (expected.value === undefined) delete made.fields[field];
    else made.fields[field] = expected.value;
    made.conflict ||= expected.conflict;
    if (expected.author === 'theirs') continue;
    made.stamps.set(field, { seq: row.seq, clientId: expected.author === 'both' ? '' : row.clientId });
  }
  return made;
};

/** May the model say what comes of this mutation on this record? */
const isPredictable = (before: Modelled | undefined, batch: Append, row: LogRow, mutation: JsonObject): before is Modelled =>
  before?.live === true &&
  before.isSure &&
  !row.deleted &&
  mutation.collection === row.collection &&
  mutation.op !== 'delete' &&
  mutation.epoch === batch.space.epoch &&
  before.schemaVersion === row.schemaVersion &&
  mutation.schemaVersion === row.schemaVersion;

export const createModel = ({ violate, sometimes }: Context, memory: Memory): Model => {
  const records = new Map<string, Modelled>();
  const check = (batch: Append, row: LogRow, made: Prediction): void => {
    const found = fieldsOf(row);
    sometimes.hit('change predicted by the model');
    if (plainJson(found) !== plainJson(made.fields))
      violate('model', `${row.collection}/${row.id} at ${row.seq} is ${plainJson(found)}, expected ${plainJson(made.fields)}`);
    const verdict = batch.receipts.find(({ mutationId }) => mutationId === row.mutationId)?.verdict;
    if (made.conflict && verdict !== 'conflict')
      violate('I8', `${row.mutationId} at ${row.seq} dropped a value, and no conflict is open (${String(verdict)})`);
  };
  return {
    row: (batch, row) => {
      if (row.collection === CONFLICTS) return;
      const key = `${batch.space.key} ${row.collection}/${row.id}`;
      const before = records.get(key);
      const mutation = memory.issued.get(row.mutationId)?.mutation;
      if (memory.restored || mutation === undefined || !isPredictable(before, batch, row, mutation)) {
        records.set(key, observed(before, row, mutation !== undefined && !memory.restored && isCreate(before, row, mutation)));
        return;
      }
      const made = predict(before, row, mutation);
      check(batch, row, made);
      records.set(key, { ...before, fields: fieldsOf(row), stamps: made.stamps });
    },
    forget: (space) => {
      for (const key of records.keys()) if (key.startsWith(`${space} `)) records.delete(key);
    },
  };
};
