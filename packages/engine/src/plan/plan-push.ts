import { type ErrorCode, type Json, LIMITS, mutationContent, type Refusal, type Result, refuse, utf8Length } from '@tidemark/protocol';
import type { Accepted, Mutation, PushedMutation, Rejected } from '@tidemark/protocol/messages';
import { shortHash } from '../hash.ts';
import type { ReceiptRow } from '../storage/storage.ts';
import type { EditOutcome } from './context.ts';
import type { Draft } from './draft.ts';
import { planMutation, type Sender, sendsRecord, stateBefore } from './plan-mutation.ts';
import { recordState } from './record-state.ts';

/** Mutations of one sender. `ordered` ones carry n and follow the client's counter; an app's own routes use none. */
export interface PlannedPush extends Sender {
  readonly mutations: readonly PushedMutation[];
  readonly ordered: boolean;
  /** Stop (at a group's border) when the draft has as many changes: the answer is then a prefix. */
  readonly changesMax: number;
}

export interface PushVerdicts {
  readonly accepted: Accepted[];
  readonly rejected: Rejected[];
  readonly ackedN: number;
}

interface ReceiptExtra {
  readonly code?: ErrorCode;
  readonly message?: string;
  readonly details?: { readonly [key: string]: Json };
  readonly conflictIds?: readonly string[];
}

interface Progress extends PushVerdicts {
  ackedN: number;
  isNeeded: boolean;
}

/** Answers a mutation that was answered before: the stored verdict, and the record as it is now. */
const answerStored = (draft: Draft, into: Progress, receipt: ReceiptRow): void => {
  const extra: ReceiptExtra = receipt.extraJson === null ? {} : JSON.parse(receipt.extraJson);
  if (receipt.collection !== '' && !draft.hasLoaded(receipt.collection, receipt.id)) {
    into.isNeeded = true;
    return;
  }
  const current = receipt.collection === '' ? undefined : draft.record(receipt.collection, receipt.id);
  const record = current ? { record: recordState(current) } : {};
  if (receipt.verdict === 'rejected') {
    const code = extra.code ?? 'PLANNER_FAILED';
    const details = extra.details ? { details: extra.details } : {};
    into.rejected.push({
      mutationId: receipt.mutationId,
      code,
      message: extra.message ?? '',
      ...details,
      ...(code === 'REVISION_MISMATCH' ? record : {}),
    });
    return;
  }
  const conflictIds = extra.conflictIds ? { conflictIds: extra.conflictIds } : {};
  const { mutationId, verdict: first, seq, revision } = receipt;
  into.accepted.push({ mutationId, status: 'duplicate', first, seq, revision, ...record, ...conflictIds });
};

const storeRejection = (
  draft: Draft,
  into: Progress,
  mutation: { mutationId: string; collection: string; id: string },
  hash: string,
  outcome: Extract<EditOutcome, { kind: 'rejected' }>,
): void => {
  const { code, message, details, record } = outcome;
  const extra: ReceiptExtra = details ? { code, message, details } : { code, message };
  const { mutationId, collection, id } = mutation;
  // The id of a refused mutation may be anything; what is no valid id is not looked up again.
  const known = record ? { collection, id } : { collection: '', id: '' };
  draft.setReceipt({ mutationId, hash, verdict: 'rejected', seq: 0, revision: 0, ...known, extraJson: JSON.stringify(extra) });
  into.rejected.push({ mutationId, code, message, ...(details ? { details } : {}), ...(record ? { record: recordState(record) } : {}) });
};

const storeAcceptance = (
  draft: Draft,
  into: Progress,
  mutation: Mutation,
  hash: string,
  outcome: Extract<EditOutcome, { kind: 'done' }>,
  sendsState: boolean,
): void => {
  const { mutationId, collection, id } = mutation;
  const seq = outcome.record?.seq ?? 0;
  const revision = outcome.record?.revision ?? 0;
  const hasConflicts = outcome.conflictIds.length > 0;
  const extraJson = hasConflicts ? JSON.stringify({ conflictIds: outcome.conflictIds }) : null;
  draft.setReceipt({ mutationId, hash, verdict: outcome.status, seq, revision, collection, id, extraJson });
  const sends =
    outcome.record !== undefined && (sendsState || outcome.status !== 'applied' || outcome.record.deleted !== (mutation.op === 'delete'));
  const record = sends && outcome.record ? { record: recordState(outcome.record) } : {};
  into.accepted.push({
    mutationId,
    status: outcome.status,
    seq,
    revision,
    ...record,
    ...(hasConflicts ? { conflictIds: outcome.conflictIds } : {}),
  });
};

/** Plans a mutation that has no receipt yet, and stores its verdict. */
const planNew = (draft: Draft, into: Progress, mutation: Mutation, hash: string, sender: Sender): EditOutcome => {
  const before = stateBefore(draft, mutation.collection, mutation.id);
  const outcome = planMutation(draft, mutation, sender);
  if (outcome.kind === 'needed') into.isNeeded = true;
  else if (outcome.kind === 'rejected') storeRejection(draft, into, mutation, hash, outcome);
  else storeAcceptance(draft, into, mutation, hash, outcome, sendsRecord(before, mutation.base, sender.clientId));
  return outcome;
};

/** The first of the whole-request refusals that this mutation gives, in the order: known content, n, base. */
const checkOne = (
  draft: Draft,
  push: PlannedPush,
  mutation: PushedMutation,
  hash: string,
  nextN: number,
  head: number,
): { error: Refusal } | undefined => {
  const known = draft.receipt(mutation.mutationId);
  const wrong = (code: ErrorCode, message: string, details: { [key: string]: Json }) =>
    refuse(code, message, { mutationId: mutation.mutationId, ...details });
  if (known !== undefined && mutation.op !== 'void' && known.hash !== '' && known.hash !== hash)
    return wrong('MUTATION_REUSED', `mutation ${mutation.mutationId} was sent before with other content`, {});
  if (push.ordered && mutation.n > nextN) return wrong('OUT_OF_ORDER', `expected n ${nextN}, got ${mutation.n}`, { expected: nextN });
  if (known !== undefined) return undefined;
  if (push.ordered && mutation.n < nextN)
    return wrong('CLIENT_REUSED', `n ${mutation.n} was used before by client ${push.clientId}`, { expected: nextN });
  if (mutation.op === 'void') return undefined;
  const version = mutation.schemaVersion ?? push.schemaVersion;
  if (version > draft.app.schemaVersion)
    return wrong('SCHEMA_AHEAD', `schemaVersion ${version} is newer than the server's ${draft.app.schemaVersion}`, {
      schemaVersion: draft.app.schemaVersion,
    });
  const baseCounts = mutation.epoch === undefined || mutation.epoch === draft.epoch;
  if (baseCounts && mutation.base > head)
    return wrong('BASE_AHEAD', `base ${mutation.base} is above the head ${head}; pull first`, { head });
  return undefined;
};

const planVoid = (draft: Draft, into: Progress, mutationId: string): void => {
  const outcome = { kind: 'rejected' as const, code: 'VOIDED' as const, message: `mutation ${mutationId} was given up by its client` };
  storeRejection(draft, into, { mutationId, collection: '', id: '' }, '', outcome);
};

const GROUP_REFUSED = {
  kind: 'rejected' as const,
  code: 'GROUP_REFUSED' as const,
  message: 'another mutation of the same group was refused',
};
const isNew = (draft: Draft, mutation: PushedMutation): mutation is Mutation =>
  mutation.op !== 'void' && draft.receipt(mutation.mutationId) === undefined;

/** Why a group as a whole cannot be taken, if so. */
const checkGroup = (
  push: PlannedPush,
  members: readonly PushedMutation[],
  first: number,
): { code: ErrorCode; message: string } | undefined => {
  const group = groupOf(members[0]);
  const bytes = members.reduce((sum, mutation) => sum + utf8Length(JSON.stringify(mutation)), 0);
  if (members.length > LIMITS.groupMutationsMax || bytes > LIMITS.groupBytesMax)
    return {
      code: 'GROUP_TOO_LARGE',
      message: `group ${group} has ${members.length} mutations and ${bytes} bytes; 40 and 512 KiB are the limits`,
    };
  const strays = push.mutations.some(
    (mutation, index) => groupOf(mutation) === group && (index < first || index >= first + members.length),
  );
  return strays ? { code: 'GROUP_SPLIT', message: `the mutations of group ${group} do not stand together` } : undefined;
};

/** All of a group or none of it. Members that have a receipt from before keep it. */
const planGroup = (
  draft: Draft,
  into: Progress,
  push: PlannedPush,
  members: readonly PushedMutation[],
  hashes: readonly string[],
  first: number,
): void => {
  const fresh = members.filter((mutation) => isNew(draft, mutation));
  for (const mutation of members) {
    const receipt = draft.receipt(mutation.mutationId);
    if (receipt) answerStored(draft, into, receipt);
  }
  const mark = draft.mark();
  const lengths = { accepted: into.accepted.length, rejected: into.rejected.length };
  const hashOf = (mutation: PushedMutation): string => hashes[push.mutations.indexOf(mutation)] ?? '';
  const whole = checkGroup(push, members, first);
  let bytes = 0;
  let culprit: { mutationId: string; outcome: Extract<EditOutcome, { kind: 'rejected' }> } | undefined;
  if (whole && fresh[0]) culprit = { mutationId: '', outcome: { kind: 'rejected', ...whole } };
  for (const mutation of culprit ? [] : fresh) {
    const outcome = planNew(draft, into, mutation, hashOf(mutation), push);
    if (outcome.kind === 'needed') return;
    if (outcome.kind === 'done') bytes += outcome.record?.fieldsJson.length ?? 0;
    if (outcome.kind === 'rejected') culprit = { mutationId: mutation.mutationId, outcome };
    else if (bytes > LIMITS.groupBytesMax)
      culprit = {
        mutationId: '',
        outcome: { kind: 'rejected', code: 'GROUP_TOO_LARGE', message: 'the resulting records of the group exceed 512 KiB' },
      };
    if (culprit) break;
  }
  if (culprit === undefined) return;
  draft.rollback(mark);
  into.accepted.length = lengths.accepted;
  into.rejected.length = lengths.rejected;
  for (const mutation of fresh) {
    const isCulprit = culprit.mutationId === '' || culprit.mutationId === mutation.mutationId;
    storeRejection(draft, into, mutation, hashOf(mutation), isCulprit ? culprit.outcome : GROUP_REFUSED);
  }
};

const groupOf = (mutation: PushedMutation | undefined): string | undefined =>
  mutation === undefined || mutation.op === 'void' ? undefined : mutation.group;

/** How many mutations from `first` on belong together. */
const runLength = (mutations: readonly PushedMutation[], first: number): number => {
  const group = groupOf(mutations[first]);
  if (group === undefined) return 1;
  let end = first + 1;
  while (end < mutations.length && groupOf(mutations[end]) === group) end += 1;
  return end - first;
};

const planSingle = (draft: Draft, into: Progress, push: PlannedPush, mutation: PushedMutation, hash: string): void => {
  const receipt = draft.receipt(mutation.mutationId);
  if (receipt) answerStored(draft, into, receipt);
  else if (mutation.op === 'void') planVoid(draft, into, mutation.mutationId);
  else planNew(draft, into, mutation, hash, push);
};

/**
 * Plans a push against the draft: receipts first, then n, then each mutation (or group). A refusal of the whole request
 * leaves the draft as it was. 'needed': the draft's needs must be loaded and everything planned again.
 */
export const planPush = (draft: Draft, push: PlannedPush): Result<PushVerdicts> | 'needed' => {
  const mark = draft.mark();
  const head = draft.head();
  const client = draft.client(push.clientId);
  const into: Progress = { accepted: [], rejected: [], ackedN: client?.ackedN ?? 0, isNeeded: false };
  const hashes = push.mutations.map((mutation) => (mutation.op === 'void' ? '' : shortHash(mutationContent(mutation))));
  for (let first = 0; first < push.mutations.length; ) {
    if (draft.changeCount() >= push.changesMax) break;
    const length = runLength(push.mutations, first);
    const members = push.mutations.slice(first, first + length);
    for (const [index, mutation] of members.entries()) {
      const wrong = checkOne(draft, push, mutation, hashes[first + index] ?? '', into.ackedN + 1, head);
      if (wrong) {
        draft.rollback(mark);
        return { ok: false, error: wrong.error };
      }
      if (push.ordered && mutation.n === into.ackedN + 1) into.ackedN = mutation.n;
    }
    const single = members[0];
    if (groupOf(single) === undefined && single) planSingle(draft, into, push, single, hashes[first] ?? '');
    else planGroup(draft, into, push, members, hashes, first);
    first += length;
  }
  if (into.isNeeded) return 'needed';
  if (push.ordered && (client === undefined || client.ackedN !== into.ackedN)) storeCounter(draft, push.clientId, into.ackedN);
  return { ok: true, value: { accepted: into.accepted, rejected: into.rejected, ackedN: into.ackedN } };
};

const storeCounter = (draft: Draft, clientId: string, ackedN: number): void => {
  const client = draft.client(clientId);
  const fresh = { clientId, seq: 0, firstSeenAt: draft.now, revoked: false, name: null };
  draft.setClient({ ...(client ?? fresh), ackedN, lastSeenAt: draft.now });
};
