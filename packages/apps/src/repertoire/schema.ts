import { type Derive, defineApp, defineCollection, type FieldsOf, max, newest, once, type RecordOf } from '@tidemark/protocol';
import * as z from 'zod';
import { decidedWith, linesElseNewest } from './merge.ts';
import { nextVersion, versionIn } from './version.ts';

/** Lengths are in characters (UTF-16 units). A piece takes at most 256 KiB in all. */
export const PIECE_LIMITS = {
  titleLengthMax: 1_000,
  textLengthMax: 100_000,
  languageLengthMax: 35,
  authorLengthMax: 1_000,
  sourceUrlLengthMax: 4_096,
} as const;

export const CATEGORIES = ['oli', 'mele'] as const;
export const ENDED_AT_SOURCES = ['manual', 'automatic', 'estimated'] as const;

/** ISO 8601 with or without fractions and with any offset; kept in UTC with milliseconds, as the app's devices read it. */
export const utcTime = z.iso
  .datetime({ offset: true })
  .transform((text) => new Date(text).toISOString())
  .pipe(z.iso.datetime());

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;
/** In upper or lower case; kept as it came. */
export const uuid = z.string().regex(UUID, 'must be a UUID');

export const isUuid = (id: string): boolean => UUID.test(id);

const longText = z.string().max(PIECE_LIMITS.textLengthMax);

/** Above the version before and any that was sent, far enough for the edits that devices count between two syncs (see version.ts). */
const countVersion: Derive = (previous, _next, sent) => ({
  version: previous === null ? versionIn(sent) + 1 : nextVersion(versionIn(previous), versionIn(sent)),
});

const pieces = defineCollection({
  name: 'pieces',
  fields: {
    title: { schema: z.string().min(1).max(PIECE_LIMITS.titleLengthMax), merge: newest() },
    category: { schema: z.enum(CATEGORIES), merge: newest() },
    lyrics: { schema: longText, merge: linesElseNewest },
    language: { schema: z.string().max(PIECE_LIMITS.languageLengthMax).optional(), merge: newest() },
    englishTranslation: { schema: longText.optional(), merge: newest() },
    author: { schema: z.string().max(PIECE_LIMITS.authorLengthMax).optional(), merge: newest() },
    sourceUrl: { schema: z.string().max(PIECE_LIMITS.sourceUrlLengthMax).optional(), merge: newest() },
    notes: { schema: longText.optional(), merge: linesElseNewest },
    includeInPractice: { schema: z.boolean(), merge: newest() },
    isFavorite: { schema: z.boolean(), merge: newest() },
    createdAt: { schema: utcTime, merge: once() },
    /** The writer's clock at its last local edit; the greatest stands. The app's own route shows the server's time instead. */
    modifiedAt: { schema: utcTime, merge: max() },
    version: { schema: z.int().min(1).optional(), derived: true },
  },
  indexes: [['createdAt'], ['title']],
  search: ['title', 'lyrics'],
  derive: countVersion,
});

/** Facts: what a session once said stands, but an open one may be closed. */
const sessions = defineCollection({
  name: 'sessions',
  fields: {
    pieceId: { schema: uuid, merge: once() },
    startedAt: { schema: utcTime, merge: once() },
    endedAt: { schema: utcTime.optional(), merge: once() },
    endedAtSource: { schema: z.enum(ENDED_AT_SOURCES).optional(), merge: decidedWith('endedAt') },
    createdAt: { schema: utcTime, merge: once() },
  },
  indexes: [['startedAt'], ['pieceId', 'startedAt']],
});

/** Chants and songs, and when each was practised. */
export const repertoire = defineApp({ name: 'repertoire', schemaVersion: 1, collections: { pieces, sessions } });

/** A piece as native clients see it. Times are ISO 8601 in UTC with milliseconds. */
export type Piece = RecordOf<typeof pieces>;
export type PieceFields = FieldsOf<typeof pieces>;
export type Session = RecordOf<typeof sessions>;
export type SessionFields = FieldsOf<typeof sessions>;
