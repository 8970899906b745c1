import { checkJson, type JsonObject, ok, type Result, refuse, takenAsIs } from '@tidemark/protocol';
import { checkShape } from '@tidemark/server/rest';
import type * as z from 'zod';
import { aggregateRecord, sentAggregate } from '../aggregate.ts';
import { type ReadyRecord, sentVisit, visitRecord } from '../visit.ts';

/** A clock may be wrong by so much before what it says is not believed. */
const AHEAD_MAX_MS = 24 * 60 * 60 * 1000;

/** A kind of record as browsers send it. */
export interface Kind {
  readonly collection: 'pageVisits' | 'tabAggregates';
  readonly read: (value: unknown, client: string) => Result<ReadyRecord<JsonObject>>;
  /** Members that hold a time, which must not lie ahead. */
  readonly times: readonly string[];
  /** What a record is called in a list of those that were refused. */
  readonly shownId: (value: JsonObject) => string | undefined;
}

const readAs = <T>(schema: z.ZodType<T>, toRecord: (sent: T, client: string) => ReadyRecord<JsonObject>): Kind['read'] => {
  // Of a record that its schema would answer but for members that nobody reads, nothing else is asked of zod.
  const isPlain = takenAsIs(schema, { othersAllowed: true });
  return (value, client) => {
    if (isPlain?.(value)) return ok(toRecord(value, client));
    const checked = checkShape(schema, value);
    return checked.ok ? ok(toRecord(checked.value, client)) : checked;
  };
};

const textIn = (value: JsonObject, name: string): string | undefined => {
  const member = Object.hasOwn(value, name) ? value[name] : undefined;
  return typeof member === 'string' || typeof member === 'number' ? String(member) : undefined;
};

export const VISITS: Kind = {
  collection: 'pageVisits',
  read: readAs(sentVisit, visitRecord),
  times: ['startedAt', 'endedAt', 'lastHeartbeat'],
  shownId: (value) => textIn(value, 'id') ?? textIn(value, 'visitId'),
};

export const AGGREGATES: Kind = {
  collection: 'tabAggregates',
  read: readAs(sentAggregate, aggregateRecord),
  times: ['startTime', 'lastActiveTime'],
  shownId: (value) => textIn(value, 'tabId'),
};

const firstIssue = (details: { readonly [name: string]: unknown } | undefined): string | undefined => {
  const [first] = Array.isArray(details?.issues) ? details.issues : [];
  return typeof first?.message === 'string' ? `${first.path || 'record'}: ${first.message}` : undefined;
};

/**
 * Reads one record. `now` in milliseconds. Refusals: VALIDATION_FAILED with the first place that is wrong, and those of checkJson,
 * which is asked first: no schema sees what is nested without end or made to break it.
 */
export const readRecord = (kind: Kind, value: unknown, client: string, now: number): Result<ReadyRecord<JsonObject>> => {
  const fault = checkJson(value);
  if (fault !== undefined) return { ok: false, error: fault };
  const read = kind.read(value, client);
  if (!read.ok) return refuse('VALIDATION_FAILED', firstIssue(read.error.details) ?? 'This record cannot be read.');
  const { fields } = read.value;
  const ahead = kind.times.find((name) => Number(fields[name] ?? 0) > now + AHEAD_MAX_MS);
  if (ahead === undefined) return read;
  return refuse('VALIDATION_FAILED', `${ahead}: lies more than a day ahead of the server's clock.`);
};
