export { createEngine } from './create-engine.ts';
export type { Engine, EngineOptions, LogPosition, PullPage, ReadRequest, SpaceRef } from './engine.ts';
export type { SpaceExport } from './serve/export-space.ts';
export { printPull, printRecord } from './serve/print.ts';
export type { Applied } from './serve/push.ts';
export type { QueryAnswer, QueryOptions } from './serve/query.ts';
export type { Snapshot, SnapshotRecord } from './serve/snapshot.ts';
export { changeOf, importReceiptId, type LogEnds, type WholeRecord, type WholeSpace } from './serve/whole-space.ts';
export { createPollingPokes, type Pokes } from './space/pokes.ts';
export {
  type Append,
  type ClientRow,
  type FoundRecord,
  type IndexValue,
  type Loaded,
  type LoadKeys,
  type LogRow,
  type QueryPlan,
  type ReceiptRow,
  type RecordKey,
  type RecordRow,
  type SpaceRow,
  type Storage,
  type StorageCapabilities,
  StorageFailure,
} from './storage/storage.ts';
