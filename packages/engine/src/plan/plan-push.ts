import { mutationContent, printedFields, type Refusal, type Result, refuse } from '@tidemark/protocol';
import type { PushedMutation } from '@tidemark/protocol/messages';
import { shortHash } from '../hash.ts';
import type { Draft } from './draft.ts';
import { groupOf, planGroup } from './plan-group.ts';
import type { Sender } from './plan-mutation.ts';
import { answerStored, type Content, NO_CONTENT, type Progress, type PushVerdicts, planNew, storeRejection } from './verdicts.ts';

/** Mutations of one sender. `ordered` ones carry n and follow the client's counter; an app's own routes use none. */
export interface PlannedPush extends Sender {
  readonly mutations: readonly PushedMutation[];
  /** The canonical JSON of their fields, by place, where it is at hand. */
  readonly fieldsJson?: readonly string[] | undefined;
  readonly ordered: boolean;
  /** Stop (at a group's border) when the draft has as many changes: the answer is then a prefix. */
  readonly changesMax: number;
}

/** How far the checks of a push have come. */
interface Position {
  nextN: number;
  /** When the push began. */
  readonly head: number;
  /** Content hashes of what stood before in the same push, which may not have a receipt yet. */
  readonly hashes: Map<string, string>;
}

/** The first of the whole-request refusals that this mutation gives, in the order: known content, n, base. */
const checkOne = (
  draft: Draft,
  push: PlannedPush,
  at: Position,
  mutation: PushedMutation,
  hash: string,
): { error: Refusal } | undefined => {
  const { nextN, head } = at;
  const knownHash = draft.receipt(mutation.mutationId)?.hash ?? at.hashes.get(mutation.mutationId);
  const { mutationId } = mutation;
  if (knownHash !== undefined && mutation.op !== 'void' && knownHash !== '' && knownHash !== hash)
    return refuse('MUTATION_REUSED', `mutation ${mutationId} was sent before with other content`, { mutationId });
  if (push.ordered && mutation.n > nextN)
    return refuse('OUT_OF_ORDER', `expected n ${nextN}, got ${mutation.n}`, { mutationId, expected: nextN });
  if (knownHash !== undefined) return undefined;
  if (push.ordered && mutation.n < nextN)
    return refuse('CLIENT_REUSED', `n ${mutation.n} was used before by client ${push.clientId}`, { mutationId, expected: nextN });
  if (mutation.op === 'void') return undefined;
  const version = mutation.schemaVersion ?? push.schemaVersion;
  if (version > draft.app.schemaVersion)
    return refuse('SCHEMA_AHEAD', `schemaVersion ${version} is newer than the server's ${draft.app.schemaVersion}`, {
      mutationId,
      schemaVersion: draft.app.schemaVersion,
    });
  // A newer process wrote the record, as in a rolling update: refusing the mutation for good would be wrong a minute later.
  const written = draft.record(mutation.collection, mutation.id)?.schemaVersion ?? 0;
  if (written > draft.app.schemaVersion)
    return refuse('SCHEMA_AHEAD', `${mutation.collection}/${mutation.id} has schemaVersion ${written}, newer than the server's`, {
      mutationId,
      schemaVersion: draft.app.schemaVersion,
    });
  const baseCounts = mutation.epoch === undefined || mutation.epoch === draft.epoch;
  if (baseCounts && mutation.base > head)
    return refuse('BASE_AHEAD', `base ${mutation.base} is above the head ${head}; pull first`, { mutationId, head });
  return undefined;
};

const planVoid = (draft: Draft, into: Progress, mutationId: string): void => {
  const outcome = { kind: 'rejected' as const, code: 'VOIDED' as const, message: `mutation ${mutationId} was given up by its client` };
  storeRejection(draft, into, { mutationId, collection: '', id: '' }, '', outcome);
};

/** How many mutations from `first` on belong together. */
const runLength = (mutations: readonly PushedMutation[], first: number): number => {
  const group = groupOf(mutations[first]);
  if (group === undefined) return 1;
  let end = first + 1;
  while (groupOf(mutations[end]) === group) end += 1;
  return end - first;
};

const planSingle = (draft: Draft, into: Progress, push: PlannedPush, mutation: PushedMutation, content: Content): void => {
  const receipt = draft.receipt(mutation.mutationId);
  if (receipt) answerStored(draft, into, receipt);
  else if (mutation.op === 'void') planVoid(draft, into, mutation.mutationId);
  else planNew(draft, into, mutation, content, push);
};

const contentOf = (mutation: PushedMutation, printed: string | undefined): Content => {
  if (mutation.op === 'void') return NO_CONTENT;
  const fieldsJson = printed ?? printedFields(mutation);
  const text = mutationContent(mutation, fieldsJson);
  return { hash: shortHash(text), length: text.length, fieldsJson };
};

/** Groups of which mutations stand in more than one place of the push. */
const splitGroups = (mutations: readonly PushedMutation[]): ReadonlySet<string> => {
  const seen = new Set<string>();
  const split = new Set<string>();
  for (let first = 0; first < mutations.length; first += runLength(mutations, first)) {
    const group = groupOf(mutations[first]);
    if (group === undefined) continue;
    if (seen.has(group)) split.add(group);
    seen.add(group);
  }
  return split;
};

/**
 * Plans a push against the draft: receipts first, then n, then each mutation (or group). A refusal of the whole request
 * leaves the draft as it was. 'needed': the draft's needs must be loaded and everything planned again.
 */
export const planPush = (draft: Draft, push: PlannedPush): Result<PushVerdicts> | 'needed' => {
  const { mutations } = push;
  const mark = draft.mark();
  const client = draft.client(push.clientId);
  const into: Progress = { accepted: [], rejected: [], ackedN: client?.ackedN ?? 0, isNeeded: false };
  const at: Position = { nextN: into.ackedN + 1, head: draft.head(), hashes: new Map() };
  const split = splitGroups(mutations);
  for (let first = 0; first < mutations.length; ) {
    if (draft.changeCount() >= push.changesMax) break;
    const members = mutations.slice(first, first + runLength(mutations, first));
    const contents = members.map((mutation, i) => contentOf(mutation, push.fieldsJson?.[first + i]));
    for (let i = 0; i < members.length; i += 1) {
      const mutation = members[i];
      if (mutation === undefined) break;
      const hash = contents[i]?.hash ?? '';
      const wrong = checkOne(draft, push, at, mutation, hash);
      if (wrong) {
        draft.rollback(mark);
        return { ok: false, error: wrong.error };
      }
      if (!at.hashes.has(mutation.mutationId)) at.hashes.set(mutation.mutationId, hash);
      if (mutation.n === at.nextN) at.nextN += 1;
    }
    const [single] = members;
    const name = groupOf(single);
    if (name !== undefined) planGroup(draft, into, { name, members, contents, isSplit: split.has(name) }, push);
    else if (single) planSingle(draft, into, push, single, contents[0] ?? NO_CONTENT);
    first += members.length;
  }
  if (into.isNeeded) return 'needed';
  if (push.ordered) into.ackedN = at.nextN - 1;
  if (push.ordered && (client === undefined || client.ackedN !== into.ackedN)) storeCounter(draft, push.clientId, into.ackedN);
  return { ok: true, value: { accepted: into.accepted, rejected: into.rejected, ackedN: into.ackedN } };
};

const storeCounter = (draft: Draft, clientId: string, ackedN: number): void => {
  const client = draft.client(clientId);
  const fresh = { clientId, seq: 0, firstSeenAt: draft.now, revoked: false, name: null };
  draft.setClient({ ...(client ?? fresh), ackedN, lastSeenAt: draft.now });
};
