import { isJsonObject, type Json, type JsonObject, jsonEqual, type MutableJsonObject, ok, type Result, refuse } from '@tidemark/protocol';
import * as z from 'zod';
import { CONTENT, type ContentField } from '../piece-content.ts';
import { repertoire, uuid } from '../schema.ts';
import { versionIn } from '../version.ts';
import type { Row } from './changes.ts';
import { type PieceAnswer, pieceShape } from './shapes.ts';

/** What a device shows, and sends back, for a piece that says no language. */
const DEFAULT_LANGUAGE = 'haw';
/** More than any device counts, and far from where numbers lose digits. */
const VERSION_MAX = 1e12;
const ISSUES_MAX = 5;

/** A piece as a device sent it; judged only as far as to know which one it is. */
export interface SentPiece {
  readonly pieceId: string;
  readonly isModified: boolean;
  readonly value: JsonObject;
}

/** A piece that is to be stored. */
export interface UploadedPiece {
  readonly pieceId: string;
  readonly version: number;
  /** Of the device's clock, milliseconds. */
  readonly editedAt: number;
  /** A whole record of the collection, without `version`. */
  readonly fields: JsonObject;
}

const { fields: field } = repertoire.collections.pieces;

const orNull = <S extends z.ZodType>(schema: S) => schema.nullish();

const uploadShape = z.object({
  pieceId: uuid,
  title: field.title.schema,
  category: field.category.schema,
  lyrics: field.lyrics.schema,
  language: orNull(field.language.schema),
  englishTranslation: orNull(field.englishTranslation.schema),
  author: orNull(field.author.schema),
  sourceUrl: orNull(field.sourceUrl.schema),
  notes: orNull(field.notes.schema),
  includeInPractice: field.includeInPractice.schema,
  isFavorite: field.isFavorite.schema,
  createdAt: field.createdAt.schema,
  modifiedAt: field.modifiedAt.schema,
  version: z.int().min(0).max(VERSION_MAX),
});

/** A piece with an id, or undefined for what is none. */
export const readSent = (value: unknown): SentPiece | undefined => {
  if (!isJsonObject(value) || typeof value.pieceId !== 'string') return undefined;
  return { pieceId: value.pieceId, isModified: value.locallyModified === true, value };
};

/** Undefined where zod itself fails, as it does on values made for it. */
const parse = (value: JsonObject) => {
  try {
    return uploadShape.safeParse(value);
  } catch {
    return undefined;
  }
};

/**
 * Reads a piece that is to be stored. Members that are no part of a piece are left out, and its owner follows from the token.
 * Refused with VALIDATION_FAILED.
 */
export const readUploaded = ({ value }: SentPiece): Result<UploadedPiece> => {
  const parsed = parse(value);
  if (parsed === undefined) return refuse('VALIDATION_FAILED', 'This is no piece.');
  if (!parsed.success) {
    const issues = parsed.error.issues.slice(0, ISSUES_MAX).map(({ path, message }) => `${path.map(String).join('.')}: ${message}`);
    return refuse('VALIDATION_FAILED', issues.join('; '));
  }
  const { pieceId, version, ...rest } = parsed.data;
  const fields: MutableJsonObject = {};
  for (const [name, one] of Object.entries(rest)) if (one !== null && one !== undefined) fields[name] = one;
  return ok({ pieceId, version, editedAt: Date.parse(rest.modifiedAt), fields });
};

const contentOf = (fields: JsonObject, name: ContentField): Json => {
  const value = (Object.hasOwn(fields, name) ? fields[name] : undefined) ?? null;
  return value === null && name === 'language' ? DEFAULT_LANGUAGE : value;
};

/** The fields that a person sees differ. */
export const differingContent = (a: JsonObject, b: JsonObject): readonly ContentField[] =>
  CONTENT.filter((name) => !jsonEqual(contentOf(a, name), contentOf(b, name)));

export const hasSameContent = (a: JsonObject, b: JsonObject): boolean => differingContent(a, b).length === 0;

export const fieldsOf = ({ fieldsJson }: Pick<Row, 'fieldsJson'>): JsonObject => {
  const fields: unknown = JSON.parse(fieldsJson ?? '{}');
  return isJsonObject(fields) ? fields : {};
};

/** A stored piece as devices decode it: every member that they need is there and of its type. */
export const toWire = (row: Row, pieceId: string, userId: string, syncedAt: string | undefined): PieceAnswer => {
  const fields = fieldsOf(row);
  return pieceShape.parse({
    ...fields,
    pieceId,
    userId,
    modifiedAt: new Date(row.updatedAt).toISOString(),
    ...(syncedAt === undefined ? {} : { lastSyncedAt: syncedAt }),
    version: Math.max(1, versionIn(fields)),
    locallyModified: false,
  });
};
