import * as z from 'zod';
import { CATEGORIES, ENDED_AT_SOURCES } from '../schema.ts';

/** Pieces of one request: a device always sends all it has. */
export const PIECES_MAX = 20_000;
/** Sessions of one request: a device that never synced sends all it has. */
export const SESSIONS_MAX = 50_000;

/** Decoded bytes of one request: a phone sends all its pieces with every sync, whatever it asks. */
export const BODY_BYTES_MAX = 32 * 1024 * 1024;

const time = z.iso.datetime().describe('UTC, with milliseconds');

const syncedAt = z.iso.datetime().describe('A whole second that stands for what this answer covers; send it as lastSyncedAt next time');

export const pieceShape = z
  .object({
    pieceId: z.string(),
    userId: z.string(),
    title: z.string(),
    category: z.enum(CATEGORIES),
    lyrics: z.string(),
    language: z.string().optional(),
    englishTranslation: z.string().optional(),
    author: z.string().optional(),
    sourceUrl: z.string().optional(),
    notes: z.string().optional(),
    includeInPractice: z.boolean(),
    isFavorite: z.boolean(),
    createdAt: time,
    modifiedAt: time.describe('When the server stored it'),
    lastSyncedAt: time.optional(),
    version: z.int().min(1).describe('Grows with every stored edit; a device adds 1 for each edit of its own'),
    locallyModified: z.literal(false),
  })
  .meta({ id: 'Piece' });

const sessionShape = z
  .object({
    sessionId: z.string(),
    userId: z.string(),
    pieceId: z.string(),
    startedAt: time,
    endedAt: time.optional(),
    endedAtSource: z.enum(ENDED_AT_SOURCES).optional(),
    createdAt: time,
  })
  .meta({ id: 'Session' });

export type PieceAnswer = z.output<typeof pieceShape>;

/** A whole request is checked no further than this: each piece or session is judged on its own, and refused on its own. */
const lastSyncedAt = z
  .union([z.literal(''), z.iso.datetime({ offset: true })])
  .nullish()
  .describe('The syncedAt of the last answer, whole seconds suffice; empty or absent: from the beginning');

export const piecesBody = z.object({
  operation: z
    .enum(['sync', 'upload', 'download'])
    .default('sync')
    .describe('sync uploads the pieces with locallyModified, upload all of them, download none'),
  pieces: z.array(z.unknown().describe('A Piece; each is checked on its own')).max(PIECES_MAX).default([]),
  lastSyncedAt,
});

export const sessionsBody = z.object({
  sessions: z.array(z.unknown().describe('A Session; each is checked on its own')).max(SESSIONS_MAX).default([]),
  lastSyncedAt,
});

const refused = (idName: string) =>
  z
    .array(z.object({ [idName]: z.string().nullable(), code: z.string(), error: z.string() }))
    .optional()
    .describe('What was not stored, and why; only where there is any');

export const piecesAnswer = z.object({
  serverPieces: z.array(pieceShape).describe('What changed since lastSyncedAt, and what came out of an upload otherwise than it was sent'),
  uploadedPieces: z.array(z.string()).describe('Ids'),
  updatedPieces: z.array(pieceShape).describe('The uploaded pieces as they are now'),
  refusedPieces: refused('pieceId'),
  syncedAt,
});

export const sessionsAnswer = z.object({
  uploadedSessions: z.array(z.string()).describe('Ids'),
  serverSessions: z.array(sessionShape),
  refusedSessions: refused('sessionId'),
  syncedAt,
});

export const errorShape = z
  .object({ error: z.string(), code: z.string(), correlationId: z.string(), details: z.record(z.string(), z.unknown()).optional() })
  .meta({ id: 'Error' });

const user = z.object({
  id: z.string(),
  email: z.string().optional(),
  name: z.string().optional(),
  picture: z.string().optional(),
  username: z.string(),
});

export const authSyncBody = z.object({ googleIdToken: z.string().min(1), identityId: z.string().max(256).nullish() });
export const authSyncAnswer = z.object({ success: z.literal(true), user, identityId: z.string().optional() });

export const exportAnswer = z.object({
  exportDate: time,
  exportVersion: z.literal('1.0'),
  user,
  pieces: z.array(pieceShape),
  practiceSessions: z.array(sessionShape),
});
