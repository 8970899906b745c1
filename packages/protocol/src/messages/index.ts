export type { Change, RecordState } from './change.ts';
export { type Author, type ConflictFields, type ResolveRequest, resolveRequestSchema } from './conflict.ts';
export { type Device, type DevicesAnswer, renameDeviceSchema } from './devices.ts';
export type { CollectionDigest, DigestAnswer } from './digest.ts';
export {
  type HistoryAnswer,
  type HistoryEntry,
  type RestoreAnswer,
  type RestoreRequest,
  restoreRequestSchema,
  type StateAnswer,
} from './history.ts';
export type { ErrorBody, LiveEvents } from './live.ts';
export {
  type Mutation,
  mutationSchema,
  type PushedMutation,
  pushedMutationSchema,
  type VoidMutation,
  voidMutationSchema,
} from './mutation.ts';
export { isPlainPush } from './plain-push.ts';
export { type PullAnswer, type PullRequest, pullRequestSchema } from './pull.ts';
export { type Accepted, type MutationStatus, type PushAnswer, type PushRequest, pushRequestSchema, type Rejected } from './push.ts';
export type { SessionAnswer } from './session.ts';
export { type SyncAnswer, type SyncRequest, syncRequestSchema } from './sync.ts';
