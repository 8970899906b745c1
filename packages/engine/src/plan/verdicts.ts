import type { ErrorCode, Json } from '@tidemark/protocol';
import type { Accepted, Mutation, Rejected } from '@tidemark/protocol/messages';
import type { ReceiptRow } from '../storage/storage.ts';
import type { Done, EditOutcome, Refused } from './context.ts';
import type { Draft } from './draft.ts';
import { planMutation, type Sender, sendsRecord, stateBefore } from './plan-mutation.ts';
import { recordState } from './record-state.ts';

export interface PushVerdicts {
  readonly accepted: Accepted[];
  readonly rejected: Rejected[];
  readonly ackedN: number;
}

/** The canonical JSON of a mutation as it was sent. */
export interface Content {
  readonly hash: string;
  /** UTF-16 units. */
  readonly length: number;
  /** Of its fields alone. */
  readonly fieldsJson: string | undefined;
}

export const NO_CONTENT: Content = { hash: '', length: 0, fieldsJson: undefined };

/** What only some receipts have. */
interface ReceiptExtra {
  readonly code?: ErrorCode;
  readonly message?: string;
  readonly details?: { readonly [key: string]: Json };
  readonly conflictIds?: readonly string[];
}

/** The answer to a push as it grows. */
export interface Progress extends PushVerdicts {
  ackedN: number;
  /** Something must be loaded first: this answer will not be given. */
  isNeeded: boolean;
}

/** Answers a mutation that was answered before: the stored verdict, and the record as it is now. */
export const answerStored = (draft: Draft, into: Progress, receipt: ReceiptRow): void => {
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

/** Stores a refusal and answers it. */
export const storeRejection = (
  draft: Draft,
  into: Progress,
  mutation: { mutationId: string; collection: string; id: string },
  hash: string,
  outcome: Refused,
): void => {
  const { code, message, details, record } = outcome;
  const extra: ReceiptExtra = details ? { code, message, details } : { code, message };
  const { mutationId, collection, id } = mutation;
  // The id of a refused mutation may be anything; what is no valid id is not looked up again.
  const known = record ? { collection, id } : { collection: '', id: '' };
  draft.setReceipt({ mutationId, hash, verdict: 'rejected', seq: 0, revision: 0, ...known, extraJson: JSON.stringify(extra) });
  into.rejected.push({ mutationId, code, message, ...(details ? { details } : {}), ...(record ? { record: recordState(record) } : {}) });
};

const storeAcceptance = (draft: Draft, into: Progress, mutation: Mutation, hash: string, outcome: Done, sendsState: boolean): void => {
  const { mutationId, collection, id } = mutation;
  const seq = outcome.record?.seq ?? 0;
  const revision = outcome.record?.revision ?? 0;
  const hasConflicts = outcome.conflictIds.length > 0;
  const extraJson = hasConflicts ? JSON.stringify({ conflictIds: outcome.conflictIds }) : null;
  draft.setReceipt({ mutationId, hash, verdict: outcome.status, seq, revision, collection, id, extraJson });
  const sends =
    outcome.record !== undefined && (sendsState || outcome.status !== 'applied' || outcome.record.deleted !== (mutation.op === 'delete'));
  const accepted = { mutationId, status: outcome.status, seq, revision };
  const record = sends && outcome.record ? { record: recordState(outcome.record) } : {};
  into.accepted.push(
    sends || hasConflicts ? { ...accepted, ...record, ...(hasConflicts ? { conflictIds: outcome.conflictIds } : {}) } : accepted,
  );
};

/** Plans a mutation that has no receipt yet, and stores its verdict. */
export const planNew = (draft: Draft, into: Progress, mutation: Mutation, content: Content, sender: Sender): EditOutcome => {
  const before = stateBefore(draft, mutation.collection, mutation.id);
  const outcome = planMutation(draft, mutation, content, sender);
  if (outcome.kind === 'needed') into.isNeeded = true;
  else if (outcome.kind === 'rejected') storeRejection(draft, into, mutation, content.hash, outcome);
  else storeAcceptance(draft, into, mutation, content.hash, outcome, sendsRecord(draft, before, mutation, sender));
  return outcome;
};
