import {
  checkId,
  encodeCursor,
  LIMITS,
  PROTOCOL_VERSION,
  PROTOCOL_VERSION_MIN,
  type Refusal,
  type Result,
  refuse,
} from '@tidemark/protocol';
import type { Mutation, PushAnswer, PushedMutation, PushRequest } from '@tidemark/protocol/messages';
import type { SpaceRef } from '../engine.ts';
import type { Draft } from '../plan/draft.ts';
import { type PlannedPush, planPush } from '../plan/plan-push.ts';
import { checkBases, checkSpaceId, locate } from '../space/lineage.ts';
import type { Job } from '../space/space-queue.ts';
import type { LoadKeys, SpaceRow } from '../storage/storage.ts';
import type { Serving } from './context.ts';

const keysOf = (clientId: string, mutations: readonly PushedMutation[]): LoadKeys => ({
  records: mutations.filter((mutation): mutation is Mutation => mutation.op !== 'void' && checkId(mutation.id) === undefined),
  receipts: mutations.map((mutation) => mutation.mutationId),
  clients: [clientId],
});

const checkRequest = (request: PushRequest, appVersion: number): Refusal | undefined => {
  const { protocolVersion, mutations, schemaVersion } = request;
  if (protocolVersion < PROTOCOL_VERSION_MIN || protocolVersion > PROTOCOL_VERSION)
    return {
      code: 'PROTOCOL_UNSUPPORTED',
      message: `protocolVersion ${protocolVersion} is not spoken here`,
      details: { min: PROTOCOL_VERSION_MIN, max: PROTOCOL_VERSION },
    };
  if (mutations.length > LIMITS.mutationsPerPushMax)
    return {
      code: 'TOO_MANY_MUTATIONS',
      message: `${mutations.length} mutations in one push; ${LIMITS.mutationsPerPushMax} is the limit`,
      details: { limit: LIMITS.mutationsPerPushMax },
    };
  if (schemaVersion > appVersion)
    return {
      code: 'SCHEMA_AHEAD',
      message: `schemaVersion ${schemaVersion} is newer than the server's ${appVersion}`,
      details: { schemaVersion: appVersion },
    };
  return undefined;
};

/**
 * What mutations came to, where the log stood before them (a record whose seq is above was changed by them), and, once
 * they are stored, where it ends.
 */
export type Applied = PushAnswer & { readonly headBefore: number; readonly end: () => Pick<SpaceRow, 'head' | 'hash'> };

/** The job of a push; the checks that depend on stored state are made inside, so that they hold at the append. */
const pushJob = (serving: Serving, push: PlannedPush, spaceId: string | undefined, whole = false): Job<Applied> => ({
  keys: keysOf(push.clientId, push.mutations),
  mutations: push.mutations.length,
  plan: (draft: Draft, space: SpaceRow) => {
    const wrong = checkSpaceId(space, spaceId);
    if (wrong) return { ok: false, error: wrong };
    if (draft.client(push.clientId)?.revoked) return refuse('CLIENT_REVOKED', `client ${push.clientId} was revoked`);
    const headBefore = draft.head();
    const mark = draft.mark();
    const planned = planPush(draft, push);
    if (planned === 'needed' || !planned.ok) return planned;
    const { rejected, ackedN } = planned.value;
    const isRefused = whole && rejected.length > 0;
    if (isRefused) draft.rollback(mark);
    const accepted = isRefused ? [] : planned.value.accepted;
    const answer: Applied = {
      accepted,
      rejected,
      latestVersion: draft.head(),
      ackedN,
      epoch: space.epoch,
      spaceId: space.spaceId,
      serverTime: serving.env.wall(),
      headBefore,
      end: () => ({ head: draft.head(), hash: draft.hash() }),
    };
    return { ok: true, value: answer };
  },
});

/** POST /sync/push. */
export const push = async (serving: Serving, space: SpaceRef, request: PushRequest, dryRun = false): Promise<Result<PushAnswer>> => {
  const app = serving.apps.get(space.app);
  const wrong = checkRequest(request, app?.schemaVersion ?? 0);
  if (wrong) return { ok: false, error: wrong };
  const row = await serving.ensureSpace(space);
  const located = await locate(serving, row, request.cursor);
  if (!located.ok) return located;
  if (!dryRun) await checkBases(serving, located.value.space, request.mutations);
  const planned: PlannedPush = {
    clientId: request.clientId,
    schemaVersion: request.schemaVersion,
    mutations: request.mutations,
    ordered: true,
    changesMax: serving.storage.capabilities.appendChangesMax,
  };
  // The cursor's space is looked at again when the append is planned: the space may be erased until then.
  const job = pushJob(serving, planned, request.spaceId ?? located.value.cursor?.spaceId);
  const applied = await (dryRun ? serving.queues.dryRun(space, job) : serving.queues.run(space, job));
  if (!applied.ok) return applied;
  const { headBefore: _, end, ...answer } = applied.value;
  if (dryRun) return { ok: true, value: answer };
  const { spaceId, epoch } = answer;
  const { head: seq, hash } = end();
  return { ok: true, value: { ...answer, pushed: encodeCursor({ spaceId, epoch, seq, hash }) } };
};

/** Mutations of a caller that keeps no counter (an app's own routes, a restore, a resolution): their `n` is not looked at. */
export interface Application {
  readonly clientId: string;
  readonly schemaVersion: number;
  readonly mutations: readonly Mutation[];
  /** The canonical JSON of their fields (printCanonical), by place, where the caller has it at hand: it is not printed again then. */
  readonly fieldsJson?: readonly string[] | undefined;
  /** Where one is refused, nothing of the append is stored: the answer has those that were refused, and none accepted. */
  readonly whole?: boolean;
}

/** Applies mutations without a client counter. */
export const apply = async (serving: Serving, space: SpaceRef, application: Application, dryRun = false): Promise<Result<Applied>> => {
  await serving.ensureSpace(space);
  const planned = { ...application, ordered: false, changesMax: serving.storage.capabilities.appendChangesMax };
  const job = pushJob(serving, planned, undefined, application.whole);
  return dryRun ? serving.queues.dryRun(space, job) : serving.queues.run(space, job);
};
