import { browserEnv, type ClientEnv } from '@tidemark/client';
import type { KeptText } from '@tidemark/client/upload';
import { type JsonObject, ok, type Refusal, type Result, refuse } from '@tidemark/protocol';
import { readPiecesAnswer, readSessionsAnswer } from './answers.ts';
import type { AuthenticationService } from './authentication-service.ts';
import type { SyncConfiguration } from './configuration.ts';
import { type Kept, openKept } from './kept.ts';
import { type ItemOutcome, type OfflineQueue, openOfflineQueue } from './offline-queue.ts';
import { createPieceRepository, type LocalPiece, type PieceRepository } from './piece-repository.ts';
import { post } from './post.ts';
import { createPracticeSessionRepository, type PracticeSessionRepository } from './practice-session-repository.ts';
import { SyncErrorHandler } from './sync-error-handler.ts';
import { createSyncSchedule } from './sync-schedule.ts';
import type { SyncProgress, SyncStatus, SyncStatusSource } from './sync-status.ts';

/** Pieces of one request. */
const BATCH_SIZE = 25;
const SESSIONS_BATCH_SIZE = 500;

export interface SyncServiceOptions {
  readonly configuration: SyncConfiguration;
  readonly authentication: AuthenticationService;
  /** Whose data this is: each has names of its own in the storage. */
  readonly userId: string;
  /** The page's localStorage. */
  readonly storage: KeptText;
  readonly env?: ClientEnv;
}

type Outcomes = ReadonlyMap<string, ItemOutcome>;

export interface SyncService extends SyncStatusSource {
  readonly pieces: PieceRepository;
  readonly sessions: PracticeSessionRepository;
  readonly queue: OfflineQueue;
  /** Sends what waits and takes what is new, pieces before sessions. One at a time: a call while one runs gets its answer. */
  syncNow(): Promise<SyncStatus>;
  syncPieces(): Promise<Result<void>>;
  syncSessions(): Promise<Result<void>>;
  /** Uploads pieces so many at a time, and calls `onProgress` after each batch. What was stored before a failure stays stored. */
  batchSync(pieces: readonly LocalPiece[], batchSize?: number, onProgress?: (progress: SyncProgress) => void): Promise<Result<Outcomes>>;
  /** Syncs now, after each edit, when the connection is back, and every 5 minutes; a failure is tried again. */
  start(): void;
  stop(): void;
}

/** Makes a request with a token; after a 401 once more with another. */
const createAsk =
  ({ authentication, configuration }: SyncServiceOptions, env: ClientEnv) =>
  async (path: string, body: JsonObject): Promise<Result<JsonObject>> => {
    const send = async (refusedToken?: string): Promise<readonly [string | undefined, Result<JsonObject>]> => {
      try {
        const token = await authentication.getCurrentIdToken(refusedToken);
        if (token === null) return [undefined, refuse('UNAUTHENTICATED', 'Nobody is signed in.')];
        return [token, await post(env, configuration.url + path, body, token)];
      } catch {
        // No token could be fetched, as while offline: that is no sign-out.
        return [undefined, refuse('UNAVAILABLE', 'No token could be fetched.')];
      }
    };
    const [token, first] = await send();
    if (first.ok || first.error.details?.status !== 401 || token === undefined) return first;
    return (await send(token))[1];
  };

interface Parts {
  readonly kept: Kept;
  readonly pieces: PieceRepository;
  readonly sessions: PracticeSessionRepository;
  readonly queue: OfflineQueue;
  readonly ask: ReturnType<typeof createAsk>;
}

const toJson = (value: object): JsonObject => JSON.parse(JSON.stringify(value));

/** Uploads some pieces (none: only asks what is new) and takes what comes back; `lastSyncedAt` moves on last, when all is kept. */
const exchangePieces = async ({ kept, pieces, ask }: Parts, batch: readonly LocalPiece[]): Promise<Result<Outcomes>> => {
  const lastSyncedAt = kept.get<string>('lastSyncedAt');
  const answered = await ask('/pieces', {
    operation: 'sync',
    pieces: batch.map(toJson),
    ...(lastSyncedAt === undefined ? {} : { lastSyncedAt }),
  });
  if (!answered.ok) return answered;
  const answer = readPiecesAnswer(answered.value);
  if (!answer.ok) return answer;
  const { server, updated, outcomes, syncedAt } = answer.value;
  const sent = new Map(batch.map((piece) => [piece.pieceId, piece]));
  const news = new Map([...server, ...updated].map((piece) => [piece.pieceId, piece]));
  for (const piece of news.values()) {
    const taken = pieces.take(piece, sent.get(piece.pieceId));
    if (!taken.ok) return taken;
  }
  const moved = kept.set('lastSyncedAt', syncedAt);
  return moved.ok ? ok(outcomes) : moved;
};

const exchangeSessions = async ({ kept, sessions, ask }: Parts, ids: readonly string[]): Promise<Result<Outcomes>> => {
  const lastSyncedAt = kept.get<string>('sessionsSyncedAt');
  const sent = ids.flatMap((id) => sessions.get(id) ?? []).map(toJson);
  const answered = await ask('/sessions', { sessions: sent, ...(lastSyncedAt === undefined ? {} : { lastSyncedAt }) });
  if (!answered.ok) return answered;
  const answer = readSessionsAnswer(answered.value);
  if (!answer.ok) return answer;
  const { server, outcomes, syncedAt } = answer.value;
  for (const session of server) {
    const taken = sessions.take(session);
    if (!taken.ok) return taken;
  }
  for (const [id, outcome] of outcomes) {
    const marked = outcome === 'done' ? sessions.markAsSynced(id) : ok(undefined);
    if (!marked.ok) return marked;
  }
  const moved = kept.set('sessionsSyncedAt', syncedAt);
  return moved.ok ? ok(outcomes) : moved;
};

type Exchange = Pick<SyncService, 'batchSync' | 'syncPieces' | 'syncSessions'>;

const createExchange = (parts: Parts, onProgress: (progress: SyncProgress | undefined) => void): Exchange => {
  const { pieces, queue } = parts;
  const batchSync: Exchange['batchSync'] = async (all, batchSize = BATCH_SIZE, tell = () => undefined) => {
    const outcomes = new Map<string, ItemOutcome>();
    for (let first = 0; first < all.length; first += batchSize) {
      const done = await exchangePieces(parts, all.slice(first, first + batchSize));
      if (!done.ok) return done;
      for (const [id, outcome] of done.value) outcomes.set(id, outcome);
      tell({ done: Math.min(first + batchSize, all.length), total: all.length });
    }
    return ok(outcomes);
  };
  return {
    batchSync,
    syncPieces: async () => {
      const total = queue.items().filter(({ entityType, refused }) => entityType === 'piece' && refused === undefined).length;
      let done = 0;
      const sent = await queue.processQueue('piece', BATCH_SIZE, async (batch) => {
        const stored = await batchSync(batch.flatMap(({ entityId }) => pieces.get(entityId) ?? []));
        done += batch.length;
        if (stored.ok) onProgress({ done, total });
        return stored;
      });
      onProgress(undefined);
      if (!sent.ok) return sent;
      const asked = total === 0 ? await exchangePieces(parts, []) : ok(undefined);
      return asked.ok ? ok(undefined) : asked;
    },
    syncSessions: async () => {
      const sent = await queue.processQueue('session', SESSIONS_BATCH_SIZE, (batch) =>
        exchangeSessions(
          parts,
          batch.map(({ entityId }) => entityId),
        ),
      );
      if (!sent.ok || sent.value > 0) return sent.ok ? ok(undefined) : sent;
      const asked = await exchangeSessions(parts, []);
      return asked.ok ? ok(undefined) : asked;
    },
  };
};

/** Queues what waits without being queued, as when the page died between the two writes. */
const requeue = ({ pieces, sessions, queue }: Parts): void => {
  const queued = new Set(queue.items().map(({ entityId }) => entityId));
  for (const { pieceId, locallyModified } of pieces.fetchAll()) {
    if (locallyModified && !queued.has(pieceId)) queue.enqueue('piece', pieceId, 'update');
  }
  for (const { sessionId } of sessions.fetchUnsyncedSessions()) if (!queued.has(sessionId)) queue.enqueue('session', sessionId, 'create');
};

const openParts = (options: SyncServiceOptions, env: ClientEnv, onWritten: () => void, onChange: () => void): Parts => {
  const { storageName } = options.configuration;
  const kept = openKept(options.storage, `${storageName}:${encodeURIComponent(options.userId)}:`);
  const queue = openOfflineQueue(kept, onChange);
  const enqueue = (entityType: 'piece' | 'session') => (id: string) => {
    queue.enqueue(entityType, id, 'update');
    onWritten();
  };
  const pieces = createPieceRepository(kept, env, enqueue('piece'));
  const sessions = createPracticeSessionRepository(kept, env, enqueue('session'));
  return { kept, queue, pieces, sessions, ask: createAsk(options, env) };
};

interface Course {
  readonly isRunning: boolean;
  readonly failure: Refusal | undefined;
  readonly progress: SyncProgress | undefined;
}

const readStatus = ({ queue, kept }: Parts, { isRunning, failure, progress }: Course): SyncStatus => {
  const waiting = queue.items();
  const pending = waiting.length;
  const lastSyncedAt = kept.get<string>('lastSyncedAt');
  const refused = waiting.some((item) => item.refused !== undefined);
  const error = failure ?? (refused ? { code: 'VALIDATION_FAILED' as const, message: '' } : undefined);
  const failed = error?.code === 'UNAVAILABLE' && error.details?.status === undefined ? 'offline' : 'error';
  const state = isRunning ? 'syncing' : error !== undefined ? failed : pending > 0 ? 'pending' : 'synced';
  return {
    state,
    pending,
    ...(lastSyncedAt === undefined ? {} : { lastSyncedAt }),
    ...(error === undefined || isRunning ? {} : { error: SyncErrorHandler.handle(error) }),
    ...(progress === undefined ? {} : { progress }),
  };
};

/** Opens what a person has on this device. Nothing is sent before `start` or `syncNow`. */
export const openSyncService = (options: SyncServiceOptions): SyncService => {
  const { env = browserEnv() } = options;
  const listeners = new Set<() => void>();
  let status: SyncStatus | undefined;
  let failure: Refusal | undefined;
  let progress: SyncProgress | undefined;
  let running: Promise<SyncStatus> | undefined;
  const tell = (): void => {
    status = undefined;
    for (const listener of listeners) listener();
  };
  const schedule = createSyncSchedule(env, () => syncNow());
  const parts = openParts(options, env, () => schedule.soon(), tell);
  const exchange = createExchange(parts, (next) => {
    progress = next;
    tell();
  });
  requeue(parts);
  const current = (): SyncStatus => {
    status ??= readStatus(parts, { isRunning: running !== undefined, failure, progress });
    return status;
  };
  const run = async (): Promise<SyncStatus> => {
    try {
      const pieces = await exchange.syncPieces();
      const done = pieces.ok ? await exchange.syncSessions() : pieces;
      failure = done.ok ? undefined : done.error;
    } finally {
      running = undefined;
    }
    schedule.ended(
      failure,
      parts.queue.items().some(({ refused }) => refused === undefined),
    );
    tell();
    return current();
  };
  const syncNow = (): Promise<SyncStatus> => {
    if (running === undefined) {
      running = Promise.resolve().then(run);
      tell();
    }
    return running;
  };
  return {
    ...{ pieces: parts.pieces, sessions: parts.sessions, queue: parts.queue },
    ...exchange,
    syncNow,
    status: current,
    onChange: (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    start: schedule.start,
    stop: schedule.stop,
  };
};
