import type { AppDefinition, Env, Query, Result } from '@tidemark/protocol';
import type {
  Accepted,
  ConflictFields,
  Device,
  DevicesAnswer,
  DigestAnswer,
  HistoryAnswer,
  PullAnswer,
  PullRequest,
  PushAnswer,
  PushRequest,
  ResolveRequest,
  RestoreAnswer,
  RestoreRequest,
  StateAnswer,
  SyncRequest,
} from '@tidemark/protocol/messages';
import type { SpaceExport } from './serve/export-space.ts';
import type { Application, Applied } from './serve/push.ts';
import type { QueryAnswer, QueryOptions } from './serve/query.ts';
import type { Snapshot } from './serve/snapshot.ts';
import type { WholeSpace } from './serve/whole-space.ts';
import type { Pokes } from './space/pokes.ts';
import type { LogRow, ReceiptRow, RecordRow, Storage } from './storage/storage.ts';

export interface EngineOptions {
  readonly storage: Storage;
  readonly apps: readonly AppDefinition[];
  readonly env: Env;
  /** How other processes over the same storage are told of changes, and tell of theirs; absent: this process is the only one. */
  readonly pokes?: Pokes;
  /** Called after each append, for metrics: pushes, mutations, conflicts raised, milliseconds from taking the jobs to the commit. */
  readonly onCommit?: (commit: {
    readonly app: string;
    readonly requests: number;
    readonly mutations: number;
    readonly changes: number;
    readonly conflicts: number;
    readonly rejected: number;
    readonly ms: number;
  }) => void;
}

/** Which space a call is about. The key comes from the verified identity, never from a body. */
export interface SpaceRef {
  readonly app: string;
  /** `<app>/<owner>`. */
  readonly key: string;
}

/** A pull page whose records are still text: `fieldsJson` goes into the response as it is. Print it with printPull. */
export interface PullPage extends Omit<PullAnswer, 'changes'> {
  readonly rows: readonly (RecordRow | LogRow)[];
}

/** A pull; without a clientId it is that of a reader with no outbox (an app's own routes), which is not listed as a device. */
export type ReadRequest = Omit<PullRequest, 'clientId'> & Partial<Pick<PullRequest, 'clientId'>>;

/** A place in the log of a space. */
export interface LogPosition {
  readonly seq: number;
  /** Commit time of the change there, milliseconds; 0 before the first change. */
  readonly time: number;
  /** To pull on from there; absent where the log no longer reaches back so far. */
  readonly cursor?: string;
}

/** A push answer, printed once; `value` for callers in process. */
export interface Engine {
  readonly apps: ReadonlyMap<string, AppDefinition>;
  /** Applies a push. The answer comes after the append is durable. `dryRun` answers the same and stores nothing. */
  push(space: SpaceRef, request: PushRequest, options?: { readonly dryRun?: boolean }): Promise<Result<PushAnswer>>;
  /** Applies mutations of a caller that keeps no counter (an app's own routes, an import): their `n` is not looked at. */
  apply(space: SpaceRef, application: Application, options?: { readonly dryRun?: boolean }): Promise<Result<Applied>>;
  pull(space: SpaceRef, request: ReadRequest): Promise<Result<PullPage>>;
  /** Where the log stood at a commit time, or at a seq. The cursor is bound to `collections` as a pull's is. */
  position(
    space: SpaceRef,
    at: { readonly time: number } | { readonly seq: number },
    collections?: readonly string[],
  ): Promise<LogPosition>;
  /** Push, then pull of the state that includes it. */
  sync(space: SpaceRef, request: SyncRequest): Promise<Result<{ readonly push: PushAnswer; readonly pull: PullPage }>>;
  /** Calls `poke` after every append to the space, here or (by `pokes`) in another process. The returned function ends it. */
  subscribe(space: SpaceRef, poke: () => void): () => void;
  /** spaceId, epoch and head; creates the space's row when there is none. */
  session(
    space: SpaceRef,
  ): Promise<Result<{ readonly spaceId: string; readonly epoch: string; readonly latestVersion: number; readonly serverTime: number }>>;
  conflicts(
    space: SpaceRef,
    page: { readonly state: 'open' | 'resolved' | 'all'; readonly after?: string; readonly limit?: number },
  ): Promise<
    Result<{
      readonly conflicts: readonly ({ readonly conflictId: string; readonly seq: number } & ConflictFields)[];
      readonly nextAfter?: string;
    }>
  >;
  /** Resolves a conflict; a repeat with the same choice answers `duplicate`. */
  resolve(space: SpaceRef, conflictId: string, request: ResolveRequest, clientId?: string): Promise<Result<Accepted>>;
  history(
    space: SpaceRef,
    of: { readonly collection: string; readonly id: string; readonly before?: number; readonly limit?: number },
  ): Promise<Result<HistoryAnswer>>;
  stateAt(
    space: SpaceRef,
    at: { readonly asOf?: number; readonly seq?: number; readonly after?: string; readonly limit?: number },
  ): Promise<Result<StateAnswer>>;
  /** Everything of a space as it stands now, for a file; without `history` only the newest states. */
  exportSpace(space: SpaceRef, of: { readonly history: boolean }): Promise<Result<SpaceExport>>;
  /**
   * Makes an empty space exactly this one, in one append, under an epoch of its own. Answers false, and stores nothing, where the
   * space is not empty. Refusal: IMPORT_REFUSED.
   */
  importSpace(space: SpaceRef, whole: WholeSpace, importId: string, options?: { readonly dryRun?: boolean }): Promise<Result<boolean>>;
  /** All live records as they stand now, to be read page by page while others write. */
  snapshot(space: SpaceRef): Promise<Result<Snapshot>>;
  restore(space: SpaceRef, request: RestoreRequest): Promise<Result<RestoreAnswer>>;
  digest(space: SpaceRef): Promise<Result<DigestAnswer>>;
  /** Recomputes digest and log chain from the rows; answers what differs (empty = sound). For doctor. */
  verify(
    space: SpaceRef,
    onProgress?: (done: number) => void,
  ): Promise<{ readonly records: number; readonly changes: number; readonly problems: readonly string[] }>;
  devices(space: SpaceRef): Promise<Result<DevicesAnswer>>;
  renameDevice(space: SpaceRef, clientId: string, name: string): Promise<Result<Device>>;
  /** Its live streams end at once; from then on it gets CLIENT_REVOKED. */
  revokeDevice(space: SpaceRef, clientId: string): Promise<Result<Device>>;
  isRevoked(space: SpaceRef, clientId: string): Promise<boolean>;
  /** A page of the records that a declared index serves. Refusals: UNKNOWN_COLLECTION, BAD_REQUEST, QUERY_NOT_INDEXED, BAD_CURSOR. */
  query(space: SpaceRef, collection: string, query: Query, options?: QueryOptions): Promise<Result<QueryAnswer>>;
  /** The change at a seq; undefined where there is none, or it was compacted away. */
  change(space: SpaceRef, seq: number): Promise<LogRow | undefined>;
  /** What a mutation was answered. */
  receipt(space: SpaceRef, mutationId: string): Promise<ReceiptRow | undefined>;
  get(space: SpaceRef, collection: string, id: string): Promise<RecordRow | undefined>;
  /** Raises the floor to `floor` (at most the head): older log rows and tombstones go. */
  compact(space: SpaceRef, floor: number): Promise<Result<{ readonly floor: number }>>;
  /** Purges log, history, receipts and conflicts. The old spaceId is remembered: its clients get SPACE_ERASED. */
  erase(space: SpaceRef): Promise<Result<{ readonly spaceId: string }>>;
  /** Starts a new epoch for a space whose storage was just restored from a backup. */
  startEpoch(space: SpaceRef): Promise<Result<{ readonly epoch: string }>>;
  listSpaces(app?: string): AsyncIterable<SpaceRef>;
  /** Waits for appends under way; further pushes are refused with UNAVAILABLE. */
  close(): Promise<void>;
}
