import { browserEnv, type ClientEnv, type ClientOptions } from '@tidemark/client';
import { createCalls, createDebounce, createLoop, type RoundEnd } from '@tidemark/client/sync';
import { checkId, ok, type Refusal, type Result, refuse } from '@tidemark/protocol';
import type { Task, TaskFields } from '../schema.ts';
import { taskFromStored } from '../stored-task.ts';
import { type DroppedEdit, type KeptTasks, type KeptText, openKeptTasks } from './kept-tasks.ts';
import { pendingOf, runUploadRound } from './upload-round.ts';

const DEBOUNCE_MS = 1_500;
const POLL_MS = 60_000;

export interface UploadTimerOptions extends Pick<ClientOptions, 'url' | 'token' | 'account' | 'debounceMs' | 'pollMs'> {
  /** Where the tasks are kept: the page's localStorage. */
  readonly storage: KeptText;
  readonly env?: ClientEnv;
}

export interface UploadTimerStatus {
  readonly state: 'synced' | 'syncing' | 'pending' | 'offline' | 'signed out' | 'error';
  /** Tasks with writes that the server has not acknowledged. */
  readonly pending: number;
  /** Tasks that the server does not take as they are, and why; another edit sends them again. */
  readonly refused: readonly { readonly id: string; readonly code: string; readonly message: string }[];
  /** The server's time up to which everything is here; null before the first sync. */
  readonly lastSuccessfulSyncAt: number | null;
  /** Why the last round did not succeed; null when it did. */
  readonly error: Refusal | null;
}

/**
 * A timer's tasks on one device. Writes are kept in the storage when the call returns, and refused with STORAGE_FULL where they
 * cannot be.
 */
export interface UploadTimer {
  list(): readonly Task[];
  get(id: string): Task | undefined;
  /** Creates a task, with a random id unless given. */
  put(fields: Omit<TaskFields, 'updatedAt' | 'version'>, id?: string): Result<Task>;
  /** Changes a task: `edit(id, (task) => start(task, now))`. RECORD_NOT_FOUND where there is none. */
  edit(id: string, change: (task: Task) => Task): Result<Task>;
  delete(id: string): Result<void>;
  /** Takes over the tasks a timer kept before, unless one of that id is here; answers what it could not read, by place. Repeatable. */
  importStored(values: readonly unknown[]): {
    readonly taken: number;
    readonly refused: readonly { readonly place: number; readonly error: Refusal }[];
  };
  /** What merges could not keep, until it is dismissed. */
  conflicts(): readonly DroppedEdit[];
  dismissConflict(conflictId: string): void;
  status(): UploadTimerStatus;
  /** Calls `listener` when tasks, conflicts or status may have changed, also by another tab. The answer ends it. */
  onChange(listener: () => void): () => void;
  /** Uploads and downloads now; resolves when that is over. */
  sync(): Promise<UploadTimerStatus>;
  signedIn(): void;
  close(): void;
}

const stateOf = (
  kind: ReturnType<ReturnType<typeof createLoop>['state']>['kind'],
  end: RoundEnd | null,
  pending: number,
): UploadTimerStatus['state'] => {
  if (kind === 'running') return 'syncing';
  if (kind === 'offline' || (kind === 'backoff' && end?.offline === true)) return 'offline';
  if (kind === 'signedOut') return 'signed out';
  if (kind === 'backoff' || kind === 'stopped' || kind === 'closed') return 'error';
  return pending > 0 ? 'pending' : 'synced';
};

type Writes = Pick<UploadTimer, 'put' | 'edit' | 'delete' | 'importStored'>;

/** The writes of a timer; `onWritten` is called after each. */
const writesOf = (kept: KeptTasks, env: ClientEnv, onWritten: () => void): Writes => {
  const written = (work: () => void): Result<void> => {
    try {
      work();
    } catch (fault) {
      return refuse('STORAGE_FULL', `The task could not be kept on this device: ${fault instanceof Error ? fault.message : String(fault)}`);
    }
    onWritten();
    return ok(undefined);
  };
  const write = (value: Task): Result<Task> => {
    const read = taskFromStored(JSON.parse(JSON.stringify(value)), Number.MAX_SAFE_INTEGER);
    if (!read.ok) return read;
    const task: Task = { id: value.id, ...read.value.fields };
    const { base = null, sent } = kept.row(task.id) ?? {};
    const done = written(() => kept.setRow(task.id, { task, base, ...(sent === undefined ? {} : { sent }) }));
    return done.ok ? ok(task) : done;
  };
  return {
    put: (fields, id = env.uuid()) => {
      const wrong = checkId(id);
      return wrong === undefined ? write({ ...fields, id, updatedAt: env.wall(), version: 1 }) : { ok: false, error: wrong };
    },
    edit: (id, change) => {
      const task = kept.row(id)?.task ?? undefined;
      if (task === undefined) return refuse('RECORD_NOT_FOUND', `There is no task ${id}`);
      const changed = change(task);
      // A slow clock must not make an edit look older than what it was made on.
      return changed === task ? ok(task) : write({ ...changed, id, updatedAt: Math.max(env.wall(), task.updatedAt + 1) });
    },
    delete: (id) => {
      const { base = null, sent } = kept.row(id) ?? {};
      const unknown = base === null && sent === undefined;
      return written(() => kept.setRow(id, unknown ? null : { task: null, base, ...(sent === undefined ? {} : { sent }) }));
    },
    importStored: (values) => {
      const refused: { place: number; error: Refusal }[] = [];
      let taken = 0;
      for (const [place, value] of values.entries()) {
        const read = taskFromStored(value, env.wall());
        if (read.ok && kept.row(read.value.id) !== undefined) continue;
        const done = read.ok ? write({ id: read.value.id, ...read.value.fields }) : read;
        if (done.ok) taken += 1;
        else refused.push({ place, error: done.error });
      }
      return { taken, refused };
    },
  };
};

/**
 * Opens a timer that syncs with a server which has only the routes /sync/upload, /sync/download and /tasks/delete. It starts at
 * once with a download; edits wait 1.5 s for more of them and go 25 at a time; a failure is tried again after 2, 5, 10, then 30 s.
 */
export const openUploadTimer = (options: UploadTimerOptions): UploadTimer => {
  const env = options.env ?? browserEnv();
  const { issuer, subject } = options.account;
  const name = ['tidemark', 'time-tracker', issuer, subject].map(encodeURIComponent).join(':');
  const kept = openKeptTasks(options.storage, `${name}:`);
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
    round: (isCurrent) => runUploadRound({ kept, calls, isCurrent }),
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
  const status = (): UploadTimerStatus => {
    const rows = kept.rows();
    const pending = pendingOf(rows);
    return {
      state: stateOf(loop.state().kind, lastEnd, pending),
      pending,
      refused: rows.flatMap(([id, { refused }]) => (refused === undefined ? [] : [{ id, ...refused }])),
      lastSuccessfulSyncAt: kept.place().since,
      error: lastEnd?.error ?? null,
    };
  };
  return {
    ...writesOf(kept, env, onWritten),
    list: () => kept.rows().flatMap(([, { task }]) => (task === null ? [] : [task])),
    get: (id) => kept.row(id)?.task ?? undefined,
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
