import { hash } from 'node:crypto';
import { type ErrorCode, isJsonObject, type JsonObject, ok, printCanonical, quoteJson, type Result, refuse } from '@tidemark/protocol';
import { type Applied, applyMutations, type Call } from '@tidemark/server/rest';
import type { ReadyRecord } from '../visit.ts';
import { type Kind, readRecord } from './read-record.ts';

/** One record of a batch that was not taken, by its place and by the id it came with. */
export interface Rejected {
  readonly index: number;
  readonly id: string | null;
  readonly code: ErrorCode;
  readonly message: string;
}

/** What became of the records of a batch. `accepted` is what is stored now: created, updated or unchanged by this batch. */
export interface Outcome {
  readonly accepted: number;
  readonly created: number;
  readonly updated: number;
  readonly unchanged: number;
  readonly rejected: readonly Rejected[];
}

/** Records of one kind as they came, and the browser they are of where they do not say. */
export interface Batch {
  readonly kind: Kind;
  readonly values: readonly unknown[];
  readonly client: string | undefined;
}

/** Who a record is of where neither it nor the token says. */
const NO_CLIENT = 'unknown';
const SHOWN_ID_LENGTH = 128;

interface Tally {
  created: number;
  updated: number;
  unchanged: number;
  readonly rejected: Rejected[];
}

interface Open {
  readonly tally: Tally;
  readonly index: number;
  readonly shownId: string | null;
  readonly mutation: ReturnType<typeof mutationOf>;
  /** Canonical. */
  readonly fieldsJson: string;
}

/**
 * The same record has the same mutationId, so that a repeat is known by its receipt. Ids begin with the time, which keeps
 * receipts that are written together close to each other.
 */
const mutationOf = ({ collection }: Kind, { id, fields, at }: ReadyRecord<JsonObject>, fieldsJson: string) => {
  const time = Math.trunc(at);
  const content = hash('sha256', `[${quoteJson(collection)},${quoteJson(id)},${fieldsJson}]`, 'base64url').slice(0, 24);
  const mutationId = `${time.toString(36).padStart(9, '0')}-${content}`;
  return { mutationId, n: 1, collection, id, op: 'put' as const, fields, base: 0, at: time };
};

const shownIdOf = (value: unknown, kind: Kind): string | null => {
  const id = isJsonObject(value) ? kind.shownId(value) : undefined;
  return id === undefined ? null : id.slice(0, SHOWN_ID_LENGTH);
};

const openBatch = (call: Call, { kind, values, client }: Batch): { readonly tally: Tally; readonly open: Open[] } => {
  const tally: Tally = { created: 0, updated: 0, unchanged: 0, rejected: [] };
  const now = call.services.env.wall();
  const clientId = client ?? call.principal.clientId ?? NO_CLIENT;
  const open: Open[] = [];
  for (const [index, value] of values.entries()) {
    const read = readRecord(kind, value, clientId, now);
    const shownId = shownIdOf(value, kind);
    if (read.ok) {
      const fieldsJson = printCanonical(read.value.fields);
      open.push({ tally, index, shownId, mutation: mutationOf(kind, read.value, fieldsJson), fieldsJson });
      continue;
    }
    tally.rejected.push({ index, id: shownId, code: read.error.code, message: read.error.message });
  }
  return { tally, open };
};

/** Notes the verdicts of one append; answers what it did not get to. */
const note = (open: readonly Open[], answer: Applied): Open[] => {
  // Of equal records the first verdict counts; the others are duplicates of it.
  const accepted = new Map(answer.accepted.map((one) => [one.mutationId, one] as const).reverse());
  const rejected = new Map(answer.rejected.map((one) => [one.mutationId, one]));
  const counted = new Set<number>();
  return open.filter(({ tally, index, shownId, mutation: { mutationId } }) => {
    const refused = rejected.get(mutationId);
    const done = accepted.get(mutationId);
    if (refused !== undefined) tally.rejected.push({ index, id: shownId, code: refused.code, message: refused.message });
    else if (done === undefined) return true;
    else if (done.status === 'duplicate' || done.seq <= answer.headBefore || counted.has(done.seq)) tally.unchanged += 1;
    else if (done.revision === 1) tally.created += 1;
    else tally.updated += 1;
    if (done !== undefined) counted.add(done.seq);
    return false;
  });
};

const outcomeOf = ({ created, updated, unchanged, rejected }: Tally): Outcome => ({
  accepted: created + updated + unchanged,
  created,
  updated,
  unchanged,
  rejected: [...rejected].sort((a, b) => a.index - b.index),
});

/**
 * Stores what fits of some batches, all in one append where the storage takes as much at once, and answers for each what became of
 * its records. Refusals are those of the request as a whole: nothing of it was stored then.
 */
export const storeBatches = async (call: Call, batches: readonly Batch[]): Promise<Result<readonly Outcome[]>> => {
  const read = batches.map((batch) => openBatch(call, batch));
  let open = read.flatMap((one) => one.open);
  while (open.length > 0) {
    const applied = await applyMutations(
      call,
      open.map(({ mutation }) => mutation),
      open.map(({ fieldsJson }) => fieldsJson),
    );
    if (!applied.ok) return applied;
    const left = note(open, applied.value);
    if (left.length === open.length) return refuse('UNAVAILABLE', 'The server did not get to these records. Send them again.');
    open = left;
  }
  return ok(read.map(({ tally }) => outcomeOf(tally)));
};
