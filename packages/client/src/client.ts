import type {
  AppDefinition,
  CollectionDefinition,
  Collections,
  FieldsOf,
  JsonObject,
  PatchOf,
  Query,
  RecordOf,
  Refusal,
  Result,
} from '@tidemark/protocol';
import type { ConflictFields, HistoryAnswer, Mutation, ResolveRequest } from '@tidemark/protocol/messages';
import type { ClientEnv } from './platform/client-env.ts';
import type { ClientStore } from './store/client-store.ts';

export interface ClientOptions<C extends Collections = Collections> {
  readonly app: AppDefinition<C>;
  /** Address of the app's mount, without a slash at the end: http://localhost:8787/apps/time-tracker */
  readonly url: string;
  /** Answers a bearer token, or null while signed out. Asked again after a 401 with `refused` set to the one that failed. */
  readonly token: (refused?: string) => Promise<string | null> | string | null;
  /** Whose data this is. The local store is bound to (app, issuer, subject) for good. */
  readonly account: { readonly issuer: string; readonly subject: string };
  /** Default: IndexedDB where there is one, named after app and account. */
  readonly store?: ClientStore;
  readonly env?: ClientEnv;
  /** Wait after an edit for more of them. Default 1000; 0 = at once; a lone edit after a quiet time is sent at once anyway. */
  readonly debounceMs?: number;
  /** Mutations of one push, 1 to 5,000. Default 500; a group is never cut. */
  readonly pushMutationsMax?: number;
  /** Keep an event stream open. Default true; without it, or where it fails, pull every pollMs. */
  readonly live?: boolean;
  /** Default 30,000. */
  readonly pollMs?: number;
}

export type SyncState = 'synced' | 'syncing' | 'pending' | 'offline' | 'signed out' | 'error';

export interface Status {
  readonly state: SyncState;
  /** Mutations in the outbox. */
  readonly pending: number;
  readonly parked: number;
  readonly openConflicts: number;
  /** Wall time of the last complete pull; null before the first. */
  readonly lastSyncAt: number | null;
  /** With 'error', and kept until the next success. */
  readonly error: Refusal | null;
  /** False where the store does not outlive the page (private mode, no IndexedDB). */
  readonly durable: boolean;
}

/** Where a mutation stands. `pending` means: durable here, not acknowledged. */
export type MutationState = 'pending' | 'acknowledged' | 'conflict' | 'parked';

export interface ParkedMutation {
  readonly mutation: Mutation;
  readonly error: Refusal;
  readonly parkedAt: number;
}

/** What goes over the wire, for a page that shows it. */
export interface Traffic {
  readonly at: number;
  readonly kind: 'push' | 'pull' | 'live';
  /** Mutations sent or changes received. */
  readonly count: number;
  readonly ok: boolean;
}

export type LocalConflict = ConflictFields & { readonly conflictId: string };

export interface Written {
  readonly id: string;
  readonly mutationId: string;
}

/** One collection. Writes resolve when they are durable in the local store; the server's verdict comes later. */
export interface CollectionHandle<C extends CollectionDefinition> {
  get(id: string): RecordOf<C> | undefined;
  list(query?: Query<RecordOf<C>>): readonly RecordOf<C>[];
  /** Calls `listener` now and after each change of the answer. The returned function ends it. */
  live(query: Query<RecordOf<C>>, listener: (records: readonly RecordOf<C>[]) => void): () => void;
  /** Creates a record (id: a random one unless given), or replaces it whole. */
  put(fields: FieldsOf<C>, id?: string): Promise<Result<Written>>;
  patch(id: string, fields: PatchOf<C>): Promise<Result<Written>>;
  delete(id: string): Promise<Result<Written>>;
}

/** Writes made inside a group reach the server together or not at all. */
export type GroupWriter<C extends Collections> = <N extends keyof C & string>(
  name: N,
) => {
  put(fields: FieldsOf<C[N]>, id?: string): void;
  patch(id: string, fields: PatchOf<C[N]>): void;
  delete(id: string): void;
};

export interface Client<C extends Collections = Collections> {
  readonly clientId: string;
  collection<N extends keyof C & string>(name: N): CollectionHandle<C[N]>;
  group(write: (collection: GroupWriter<C>) => void): Promise<Result<readonly Written[]>>;
  status(): Status;
  onStatus(listener: (status: Status) => void): () => void;
  /** State of a mutation made here; undefined when it is not known (any more). */
  mutationState(mutationId: string): MutationState | undefined;
  outbox(): readonly Mutation[];
  parked(): readonly ParkedMutation[];
  /** Queues a parked mutation again, as a new mutation on the present state. */
  retryParked(mutationId: string): Promise<Result<Written>>;
  discardParked(mutationId: string): Promise<void>;
  /** Everything that is only here: outbox and parked list, as JSON for a file. */
  exportUnsynced(): JsonObject;
  conflicts(): readonly LocalConflict[];
  onConflicts(listener: (open: readonly LocalConflict[]) => void): () => void;
  /** Through the outbox, so also offline. */
  resolve(conflictId: string, request: ResolveRequest): Promise<Result<Written>>;
  /** From the server; refused while offline. */
  history(collection: string, id: string): Promise<Result<HistoryAnswer>>;
  /** Brings a record back to how it was at a seq: an ordinary edit that syncs. */
  restoreRecord(collection: string, id: string, seq: number): Promise<Result<Written>>;
  /** Pushes and pulls now; resolves when that round is over. */
  sync(): Promise<Status>;
  /** An application's own switch, beside what the platform says. */
  setOnline(online: boolean): void;
  onTraffic(listener: (traffic: Traffic) => void): () => void;
  /** After signing in again. */
  signedIn(): void;
  close(): Promise<void>;
}
