import { faultText, ok, type Refusal, type Result, refuse } from '@tidemark/protocol';
import type { ClientOptions } from '../client.ts';
import { createDebounce } from '../outbox/debounce.ts';
import { browserEnv } from '../platform/browser-env.ts';
import type { ClientEnv } from '../platform/client-env.ts';
import { createCalls } from '../sync/calls.ts';
import { createLoop } from '../sync/loop.ts';
import type { RoundEnd } from '../sync/round.ts';
import { type DroppedEdit, type KeptRecords, type KeptRow, type KeptText, openKeptRecords } from './kept-records.ts';
import type { UploadKind, Versioned } from './kind.ts';
import { isPending, runUploadRound } from './upload-round.ts';

const DEBOUNCE_MS = 1_500;
const POLL_MS = 30_000;

export interface UploadClientOptions<T extends Versioned>
  extends Pick<ClientOptions, 'url' | 'token' | 'account' | 'debounceMs' | 'pollMs'> {
  /** Where the records are kept: the page's localStorage. */
  readonly storage: KeptText;
  readonly kind: UploadKind<T>;
  readonly env?: ClientEnv;
}

export interface UploadStatus {
  readonly state: 'synced' | 'syncing' | 'pending' | 'offline' | 'signed out' | 'error';
  /** Records with writes that the server has not acknowledged. */
  readonly pending: number;
  /** Records that the server does not take as they are, and why; another edit sends them again. */
  readonly refused: readonly { readonly id: string; readonly code: string; readonly message: string }[];
  /** The server's time up to which everything is here; null before the first sync. */
  readonly lastSuccessfulSyncAt: number | null;
  /** Why the last round did not succeed; null when it did. */
  readonly error: Refusal | null;
}

/**
 * A person's records on one device. Writes are kept in the storage when the call returns, and refused with STORAGE_FULL where they
 * cannot be.
 */
export interface UploadClient<T extends Versioned> {
  list(): readonly T[];
  get(id: string): T | undefined;
  /** Creates a record, with a random id unless given. */
  put(fields: Omit<T, 'id' | 'updatedAt' | 'version'>, id?: string): Result<T>;
  /** Changes a record; nothing happens where `change` answers the very record it was given. RECORD_NOT_FOUND where there is none. */
  edit(id: string, change: (record: T) => T): Result<T>;
  delete(id: string): Result<void>;
  /** Takes over what was kept before, unless a record of that id is here; answers what it could not read, by place. Repeatable. */
  importStored(values: readonly unknown[]): {
    readonly taken: number;
    readonly refused: readonly { readonly place: number; readonly error: Refusal }[];
  };
  /** What merges could not keep, until it is dismissed. */
  conflicts(): readonly DroppedEdit<T>[];
  dismissConflict(conflictId: string): void;
  status(): UploadStatus;
  /** Calls `listener` when records, conflicts or status may have changed, also by another tab. The answer ends it. */
  onChange(listener: () => void): () => void;
  /** Uploads and downloads now; resolves when that is over. */
  sync(): Promise<UploadStatus>;
  signedIn(): void;
  close(): void;
}

const stateOf = (
  kind: ReturnType<ReturnType<typeof createLoop>['state']>['kind'],
  end: RoundEnd | null,
  pending: number,
): UploadStatus['state'] => {
  if (kind === 'running') return 'syncing';
  if (kind === 'offline' || (kind === 'backoff' && end?.offline === true)) return 'offline';
  if (kind === 'signedOut') return 'signed out';
  if (kind === 'backoff' || kind === 'stopped' || kind === 'closed') return 'error';
  return pending > 0 ? 'pending' : 'synced';
};

type Writes<T extends Versioned> = Pick<UploadClient<T>, 'put' | 'edit' | 'delete' | 'importStored'>;

/** The writes of a client; `onWritten` is called after each. */
const writesOf = <T extends Versioned>({ read }: UploadKind<T>, kept: KeptRecords<T>, env: ClientEnv, onWritten: () => void): Writes<T> => {
  const keep = (id: string, row: KeptRow<T> | null): Result<void> => {
    try {
      kept.setRow(id, row);
    } catch (fault) {
      return refuse('STORAGE_FULL', `This could not be kept on this device: ${faultText(fault)}`);
    }
    onWritten();
    return ok(undefined);
  };
  const write = (value: object): Result<T> => {
    const checked = read(JSON.parse(JSON.stringify(value)), Number.MAX_SAFE_INTEGER);
    if (!checked.ok) return checked;
    const record = checked.value;
    const { base = null, sent } = kept.row(record.id) ?? {};
    const done = keep(record.id, { record, base, ...(sent === undefined ? {} : { sent }) });
    return done.ok ? checked : done;
  };
  return {
    put: (fields, id = env.uuid()) => write({ ...fields, id, updatedAt: env.wall(), version: 1 }),
    edit: (id, change) => {
      const record = kept.row(id)?.record ?? undefined;
      if (record === undefined) return refuse('RECORD_NOT_FOUND', `There is no record ${id}`);
      const changed = change(record);
      // A slow clock must not make an edit look older than what it was made on.
      return changed === record ? ok(record) : write({ ...changed, id, updatedAt: Math.max(env.wall(), record.updatedAt + 1) });
    },
    delete: (id) => {
      const { base = null, sent } = kept.row(id) ?? {};
      const isUnknown = base === null && sent === undefined;
      return keep(id, isUnknown ? null : { record: null, base, ...(sent === undefined ? {} : { sent }) });
    },
    importStored: (values) => {
      const refused: { place: number; error: Refusal }[] = [];
      let taken = 0;
      for (const [place, value] of values.entries()) {
        const found = read(value, env.wall());
        if (found.ok && kept.row(found.value.id) !== undefined) continue;
        const done = found.ok ? write(found.value) : found;
        if (done.ok) taken += 1;
        else refused.push({ place, error: done.error });
      }
      return { taken, refused };
    },
  };
};

/**
 * Opens a client for a server which has only the routes POST /sync/upload, GET /sync/download and POST /LIST/delete
 * (docs/TIME-TRACKER.md), and takes records whole, each one version above the last. It starts at once with a download; edits
 * wait 1.5 s for more of them and go 25 at a time; a failure is tried again after 2, 5, 10, then 30 s.
 */
export const openUploadClient = <T extends Versioned>(options: UploadClientOptions<T>): UploadClient<T> => {
  const { kind, env = browserEnv() } = options;
  const { issuer, subject } = options.account;
  const name = ['tidemark', kind.app, issuer, subject].map(encodeURIComponent).join(':');
  const kept = openKeptRecords<T>(options.storage, `${name}:`);
  const calls = createCalls(env, options.url, options.token);
  const debounce = createDebounce(env, options.debounceMs ?? DEBOUNCE_MS);
  const listeners = new Set<() => void>();
  let lastEnd: RoundEnd | null = null;
  const tell = (): void => {
    for (const listener of listeners) listener();
  };
  const channel = env.channel(name, tell);
  const loop = createLoop({
    env,
    lockName: name,
    pollMs: () => options.pollMs ?? POLL_MS,
    round: (isCurrent) => runUploadRound({ kind, kept, calls, isCurrent }),
    onChange: (_, end) => {
      if (end && end.kind !== 'stale') lastEnd = end;
      if (end) channel.post();
      tell();
    },
  });
  const stopNetwork = env.onOnline((online) => loop.dispatch({ kind: online ? 'online' : 'offline' }));
  const onWritten = (): void => {
    channel.post();
    loop.dispatch({ kind: 'edit', delayMs: debounce() });
    tell();
  };
  const status = (): UploadStatus => {
    const rows = kept.rows();
    const pending = rows.filter(([, row]) => isPending(kind, row)).length;
    return {
      state: stateOf(loop.state().kind, lastEnd, pending),
      pending,
      refused: rows.flatMap(([id, { refused }]) => (refused === undefined ? [] : [{ id, ...refused }])),
      lastSuccessfulSyncAt: kept.place().since,
      error: lastEnd?.error ?? null,
    };
  };
  return {
    ...writesOf(kind, kept, env, onWritten),
    list: () => kept.rows().flatMap(([, { record }]) => (record === null ? [] : [record])),
    get: (id) => kept.row(id)?.record ?? undefined,
    conflicts: kept.dropped,
    dismissConflict: (conflictId) => {
      kept.removeDropped(conflictId);
      tell();
    },
    status,
    onChange: (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    sync: async () => {
      await loop.ask();
      return status();
    },
    signedIn: () => loop.dispatch({ kind: 'signedIn', online: env.online() }),
    close: () => {
      loop.dispatch({ kind: 'close' });
      stopNetwork();
      channel.close();
    },
  };
};
