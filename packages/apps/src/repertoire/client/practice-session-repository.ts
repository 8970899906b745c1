import type { Env, JsonObject, Result } from '@tidemark/protocol';
import type { Kept } from './kept.ts';

/** When a piece was practised. Times are ISO 8601. */
export interface PracticeSession {
  readonly sessionId: string;
  readonly pieceId: string;
  readonly startedAt: string;
  readonly endedAt?: string;
  readonly endedAtSource?: 'manual' | 'automatic' | 'estimated';
  readonly createdAt: string;
}

export interface PracticeSessionRepository {
  fetchAll(): readonly PracticeSession[];
  fetchUnsyncedSessions(): readonly PracticeSession[];
  markAsSynced(sessionId: string): Result<void>;
  /** Keeps a session, or closes an open one of that id. Refused with STORAGE_FULL. */
  save(session: Omit<PracticeSession, 'sessionId' | 'createdAt'> & Partial<PracticeSession>): Result<PracticeSession>;
  /** Takes the server's session, unless one of that id is here. */
  take(server: PracticeSession): Result<void>;
  get(sessionId: string): PracticeSession | undefined;
}

interface Row {
  readonly session: PracticeSession;
  readonly isSynced: boolean;
}

const KEY = 'session/';

const parse = (value: JsonObject): Row => JSON.parse(JSON.stringify(value));

export const createPracticeSessionRepository = (
  kept: Kept,
  env: Pick<Env, 'wall' | 'uuid'>,
  onSaved: (sessionId: string) => void,
): PracticeSessionRepository => {
  const rows = () => kept.list<JsonObject>(KEY).map(([, value]) => parse(value));
  const rowOf = (sessionId: string): Row | undefined => {
    const found = kept.get<JsonObject>(KEY + sessionId);
    return found === undefined ? undefined : parse(found);
  };
  const put = ({ session, isSynced }: Row): Result<void> => kept.set(KEY + session.sessionId, { session: { ...session }, isSynced });
  return {
    fetchAll: () => rows().map(({ session }) => session),
    fetchUnsyncedSessions: () => rows().flatMap(({ session, isSynced }) => (isSynced ? [] : [session])),
    get: (sessionId) => rowOf(sessionId)?.session,
    markAsSynced: (sessionId) => {
      const row = rowOf(sessionId);
      return row === undefined ? { ok: true, value: undefined } : put({ ...row, isSynced: true });
    },
    save: (given) => {
      const sessionId = given.sessionId ?? env.uuid().toUpperCase();
      const before = rowOf(sessionId)?.session;
      const session = { createdAt: new Date(env.wall()).toISOString(), ...before, ...given, sessionId };
      const stored = put({ session, isSynced: false });
      if (!stored.ok) return stored;
      onSaved(sessionId);
      return { ok: true, value: session };
    },
    take: (server) => {
      const row = rowOf(server.sessionId);
      return row === undefined ? put({ session: server, isSynced: true }) : { ok: true, value: undefined };
    },
  };
};
