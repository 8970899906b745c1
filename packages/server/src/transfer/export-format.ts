/**
 * The export format: UTF-8 text of JSON lines, each ended by "\n", each canonical JSON (keys in order, no spaces).
 *
 *     {"app":"time-tracker","counts":{"tasks":2},…,"format":"tidemark-export","version":2}      the manifest
 *     {"collection":"tasks","fields":{…},"id":"a","schemaVersion":1}                             a record; by (collection, id)
 *     {"parts":{"tasks":"…"},"sha256":"…"}                                                       the seal
 *
 * A part is what the manifest counts under one name: the records of a collection. The seal holds a SHA-256 of the lines of each part,
 * and one of every byte before its own line.
 *
 * Conflicts are not exported (the server alone writes them); the manifest counts the open ones. `tidemark backup` keeps everything.
 */
import { createHash, type Hash } from 'node:crypto';
import { compareStrings, isJsonObject, type JsonObject } from '@tidemark/protocol';

export const EXPORT_FORMAT = 'tidemark-export';
export const EXPORT_VERSION = 2;
/** A longer line cannot be a record: 256 KiB of fields at most, with room for escapes. */
export const EXPORT_LINE_BYTES_MAX = 2 * 1024 * 1024;

export interface Manifest {
  readonly app: string;
  /** Lines of each part. */
  readonly counts: { readonly [part: string]: number };
  /** Milliseconds since 1970; the `at` of the mutations of an import. */
  readonly exportedAt: number;
  readonly openConflicts: number;
  readonly schemaVersion: number;
  /** The head that the records stand at. */
  readonly seq: number;
}

export interface ExportedRecord {
  readonly collection: string;
  readonly id: string;
  readonly schemaVersion: number;
  readonly fields: JsonObject;
}

const isCount = (value: unknown): value is number => typeof value === 'number' && Number.isSafeInteger(value) && value >= 0;

/** The manifest of a parsed first line, or what is wrong with it. */
export const readManifest = (line: unknown): Manifest | string => {
  if (!isJsonObject(line) || line.format !== EXPORT_FORMAT) return `the first line is not the manifest of a ${EXPORT_FORMAT} file`;
  if (line.version !== EXPORT_VERSION)
    return `the file has format version ${JSON.stringify(line.version)}; this Tidemark reads ${EXPORT_VERSION}`;
  const { app, counts, exportedAt, openConflicts, schemaVersion, seq } = line;
  if (typeof app !== 'string') return 'the manifest lacks app';
  if (!isCount(exportedAt) || !isCount(openConflicts) || !isCount(schemaVersion) || !isCount(seq))
    return 'a number of the manifest is wrong';
  if (!isJsonObject(counts)) return 'the manifest lacks counts';
  const entries = Object.entries(counts).flatMap(([name, count]) => (isCount(count) ? [[name, count] as const] : []));
  if (entries.length !== Object.keys(counts).length) return 'a count of the manifest is wrong';
  return { app, counts: Object.fromEntries(entries), exportedAt, openConflicts, schemaVersion, seq };
};

/** The record of a parsed line, or what is wrong with it. */
export const readRecord = (line: unknown): ExportedRecord | string => {
  if (!isJsonObject(line)) return 'not a JSON object';
  const { collection, fields, id, schemaVersion, ...more } = line;
  const unknown = Object.keys(more);
  if (unknown.length > 0) return `unknown member ${unknown.join(', ')}`;
  if (typeof collection !== 'string') return 'collection is missing or not a string';
  if (typeof id !== 'string') return 'id is missing or not a string';
  if (!isCount(schemaVersion) || schemaVersion < 1) return 'schemaVersion is missing or not a whole number from 1';
  if (!isJsonObject(fields)) return 'fields is missing or not an object';
  return { collection, id, schemaVersion, fields };
};

/** The last line. */
export interface Seal {
  /** SHA-256 of the lines of each part, their ends included. */
  readonly parts: { readonly [part: string]: string };
  /** SHA-256 of every byte before this line. */
  readonly sha256: string;
}

/** The seal in a parsed last line, or undefined if it is another line. */
export const readSeal = (line: unknown): Seal | undefined => {
  if (!isJsonObject(line) || Object.keys(line).length !== 2 || !isJsonObject(line.parts) || typeof line.sha256 !== 'string')
    return undefined;
  const sums = Object.entries(line.parts).map(([part, sum]) => [part, typeof sum === 'string' ? sum : ''] as const);
  return { parts: Object.fromEntries(sums), sha256: line.sha256 };
};

/** A seal in the making: add what is written or read, then close. */
export const createSeal = () => {
  const whole = createHash('sha256');
  const parts = new Map<string, { readonly hash: Hash; count: number }>();
  return {
    /** Takes in bytes that belong to no part. */
    add: (bytes: string | Uint8Array): void => void whole.update(bytes),
    /** Takes in `count` lines of a part, their ends included. */
    addLines: (part: string, lines: string | Uint8Array, count = 1): void => {
      whole.update(lines);
      const known = parts.get(part) ?? { hash: createHash('sha256'), count: 0 };
      known.hash.update(lines);
      known.count += count;
      parts.set(part, known);
    },
    count: (part: string): number => parts.get(part)?.count ?? 0,
    close: (): Seal => ({
      parts: Object.fromEntries(
        [...parts].sort(([a], [b]) => compareStrings(a, b)).map(([part, { hash }]) => [part, hash.copy().digest('hex')]),
      ),
      sha256: whole.copy().digest('hex'),
    }),
  };
};

const sortedCounts = (counts: Manifest['counts']): Manifest['counts'] =>
  Object.fromEntries(Object.entries(counts).sort(([a], [b]) => compareStrings(a, b)));

export const printManifest = (manifest: Manifest): string => {
  const { app, counts, exportedAt, openConflicts, schemaVersion, seq } = manifest;
  const inOrder = {
    app,
    counts: sortedCounts(counts),
    exportedAt,
    format: EXPORT_FORMAT,
    openConflicts,
    schemaVersion,
    seq,
    version: EXPORT_VERSION,
  };
  return `${JSON.stringify(inOrder)}\n`;
};

/** `fieldsJson` is canonical JSON already, as storages keep it; it goes in as it is. */
export const printRecordLine = (record: Omit<ExportedRecord, 'fields'> & { readonly fieldsJson: string }): string => {
  const { collection, id, fieldsJson, schemaVersion } = record;
  const key = `"collection":${JSON.stringify(collection)}`;
  return `{${key},"fields":${fieldsJson},"id":${JSON.stringify(id)},"schemaVersion":${schemaVersion}}\n`;
};

export const printSeal = ({ parts, sha256 }: Seal): string => `${JSON.stringify({ parts, sha256 })}\n`;
