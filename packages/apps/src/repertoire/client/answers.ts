import { isJsonObject, type JsonObject, ok, type Result, refuse } from '@tidemark/protocol';
import type { ItemOutcome } from './offline-queue.ts';
import type { LocalPiece } from './piece-repository.ts';
import type { PracticeSession } from './practice-session-repository.ts';

/** What the server answers to pieces, as this client works with it. */
export interface PiecesAnswer {
  readonly server: readonly LocalPiece[];
  readonly updated: readonly LocalPiece[];
  readonly outcomes: ReadonlyMap<string, ItemOutcome>;
  readonly syncedAt: string;
}

export interface SessionsAnswer {
  readonly server: readonly PracticeSession[];
  readonly outcomes: ReadonlyMap<string, ItemOutcome>;
  readonly syncedAt: string;
}

const notUnderstood = refuse('UNAVAILABLE', 'The answer of the server is not understood. Nothing of it was taken.');

const objects = (value: unknown): readonly JsonObject[] | undefined =>
  Array.isArray(value) && value.every(isJsonObject) ? value : undefined;

const texts = (value: unknown): readonly string[] | undefined =>
  Array.isArray(value) && value.every((one) => typeof one === 'string') ? value : undefined;

const isPiece = (value: JsonObject): boolean =>
  [value.pieceId, value.title, value.category, value.lyrics, value.createdAt, value.modifiedAt].every((one) => typeof one === 'string') &&
  Number.isInteger(value.version) &&
  typeof value.isFavorite === 'boolean' &&
  typeof value.includeInPractice === 'boolean';

const isSession = (value: JsonObject): boolean =>
  [value.sessionId, value.pieceId, value.startedAt, value.createdAt].every((one) => typeof one === 'string');

const toPiece = ({ userId: _, lastSyncedAt: __, ...piece }: JsonObject): LocalPiece => JSON.parse(JSON.stringify(piece));
const toSession = ({ userId: _, ...session }: JsonObject): PracticeSession => JSON.parse(JSON.stringify(session));

const outcomesOf = (uploaded: readonly string[], refused: readonly JsonObject[], idName: string): ReadonlyMap<string, ItemOutcome> =>
  new Map<string, ItemOutcome>([
    ...uploaded.map((id): [string, ItemOutcome] => [id, 'done']),
    ...refused.map((one): [string, ItemOutcome] => [String(one[idName]), { code: String(one.code), message: String(one.error) }]),
  ]);

export const readPiecesAnswer = (answer: JsonObject): Result<PiecesAnswer> => {
  const [server, updated] = [objects(answer.serverPieces), objects(answer.updatedPieces)];
  const uploaded = texts(answer.uploadedPieces);
  const refused = objects(answer.refusedPieces ?? []);
  const { syncedAt } = answer;
  if (server === undefined || updated === undefined || uploaded === undefined || refused === undefined) return notUnderstood;
  if (typeof syncedAt !== 'string' || ![...server, ...updated].every(isPiece)) return notUnderstood;
  return ok({
    server: server.map(toPiece),
    updated: updated.map(toPiece),
    outcomes: outcomesOf(uploaded, refused, 'pieceId'),
    syncedAt,
  });
};

export const readSessionsAnswer = (answer: JsonObject): Result<SessionsAnswer> => {
  const server = objects(answer.serverSessions);
  const uploaded = texts(answer.uploadedSessions);
  const refused = objects(answer.refusedSessions ?? []);
  const { syncedAt } = answer;
  if (server === undefined || uploaded === undefined || refused === undefined || typeof syncedAt !== 'string') return notUnderstood;
  if (!server.every(isSession)) return notUnderstood;
  return ok({ server: server.map(toSession), outcomes: outcomesOf(uploaded, refused, 'sessionId'), syncedAt });
};
