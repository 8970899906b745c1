/**
 * The export format: UTF-8 text of JSON lines, each ended by "\n", each canonical JSON (keys in order, no spaces).
 *
 *     {"app":"time-tracker","counts":{"tasks":2},…,"format":"tidemark-export","version":1}      the manifest
 *     {"collection":"tasks","fields":{…},"id":"a","schemaVersion":1}                             a record; by (collection, id)
 *     {"sha256":"…"}                                                                             of every byte before this line
 *
 * Conflicts are not exported (the server alone writes them); the manifest counts the open ones. `tidemark backup` keeps everything.
 */
import { isJsonObject, type JsonObject } from '@tidemark/protocol';

export const EXPORT_FORMAT = 'tidemark-export';
export const EXPORT_VERSION = 1;
/** A longer line cannot be a record: 256 KiB of fields at most, with room for escapes. */
export const EXPORT_LINE_BYTES_MAX = 2 * 1024 * 1024;

export interface Manifest {
  readonly app: string;
  /** Records per collection. */
  readonly counts: { readonly [collection: string]: number };
  /** Milliseconds since 1970; the `at` of the mutations of an import. */
  readonly exportedAt: number;
  readonly openConflicts: number;
  readonly schemaVersion: number;
  /** The head that the records stand at. */
  readonly seq: number;
  readonly spaceId: string;
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
  const { app, counts, exportedAt, openConflicts, schemaVersion, seq, spaceId } = line;
  if (typeof app !== 'string' || typeof spaceId !== 'string') return 'the manifest lacks app or spaceId';
  if (!isCount(exportedAt) || !isCount(openConflicts) || !isCount(schemaVersion) || !isCount(seq))
    return 'a number of the manifest is wrong';
  if (!isJsonObject(counts)) return 'the manifest lacks counts';
  const entries = Object.entries(counts).flatMap(([name, count]) => (isCount(count) ? [[name, count] as const] : []));
  if (entries.length !== Object.keys(counts).length) return 'a count of the manifest is wrong';
  return { app, counts: Object.fromEntries(entries), exportedAt, openConflicts, schemaVersion, seq, spaceId };
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

/** The sum in a parsed last line, or undefined if it is another line. */
export const readTrailer = (line: unknown): string | undefined =>
  isJsonObject(line) && typeof line.sha256 === 'string' && Object.keys(line).length === 1 ? line.sha256 : undefined;

const sortedCounts = (counts: Manifest['counts']): Manifest['counts'] =>
  Object.fromEntries(Object.entries(counts).sort(([a], [b]) => (a < b ? -1 : 1)));

export const printManifest = (manifest: Manifest): string => {
  const { app, counts, exportedAt, openConflicts, schemaVersion, seq, spaceId } = manifest;
  const inOrder = {
    app,
    counts: sortedCounts(counts),
    exportedAt,
    format: EXPORT_FORMAT,
    openConflicts,
    schemaVersion,
    seq,
    spaceId,
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

export const printTrailer = (sha256: string): string => `${JSON.stringify({ sha256 })}\n`;
