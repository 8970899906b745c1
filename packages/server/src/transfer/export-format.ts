/**
 * The export format: UTF-8 text of JSON lines, each ended by "\n", each canonical JSON (keys in order, no spaces).
 *
 *     {"app":"time-tracker","counts":{"tasks":2},…,"format":"tidemark-export","version":2}      the manifest
 *     {"at":…,"collection":"tasks","fields":{…},"id":"a",…,"meta":{…},…,"seq":7,…}               a record; by (collection, id)
 *     {"change":{…}}                                                                             with the history: a change; by seq
 *     {"receipt":{…}}                                                                            with the history: by mutationId
 *     {"parts":{"tasks":{"count":2,"sha256":"…"}},"sha256":"…"}                                  the seal
 *
 * A record says all that the change says which it is the state after, and what the planner remembers of it; tombstones and conflicts are
 * records too. `$history` holds the other changes. A part is a collection, `$conflicts`, `$history` or `$receipts`: the seal holds the
 * number of lines of each and their SHA-256, and one of every byte before its own line. In a file that an app's own form was made
 * into, records have only collection, fields, id and schemaVersion, and the manifest has no `log`.
 */
import { createHash, type Hash } from 'node:crypto';
import type { LogEnds } from '@tidemark/engine';
import { compareStrings, isJsonObject, type JsonObject } from '@tidemark/protocol';

export const EXPORT_FORMAT = 'tidemark-export';
export const EXPORT_VERSION = 2;
/** A longer line cannot be a record: 256 KiB of fields at most, with room for escapes. */
export const EXPORT_LINE_BYTES_MAX = 2 * 1024 * 1024;

export interface Manifest {
  readonly app: string;
  /** Live records of each collection. */
  readonly counts: { readonly [collection: string]: number };
  /** Milliseconds since 1970; the `at` of the mutations of an import. */
  readonly exportedAt: number;
  readonly history: boolean;
  /** Where the log stands, of a file whose records say all that the space knew of them. */
  readonly log?: Omit<LogEnds, 'seq'>;
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

const readEnds = (log: unknown): Manifest['log'] => {
  if (!isJsonObject(log) || !isCount(log.floor) || typeof log.floorHash !== 'string' || typeof log.hash !== 'string') return undefined;
  return { floor: log.floor, floorHash: log.floorHash, hash: log.hash };
};

/** The manifest of a parsed first line, or what is wrong with it. */
export const readManifest = (line: unknown): Manifest | string => {
  if (!isJsonObject(line) || line.format !== EXPORT_FORMAT) return `the first line is not the manifest of a ${EXPORT_FORMAT} file`;
  if (line.version !== EXPORT_VERSION)
    return `the file has format version ${JSON.stringify(line.version)}; this Tidemark reads ${EXPORT_VERSION}`;
  const { app, counts, exportedAt, history, log, openConflicts, schemaVersion, seq } = line;
  if (typeof app !== 'string') return 'the manifest lacks app';
  if (!isCount(exportedAt) || !isCount(openConflicts) || !isCount(schemaVersion) || !isCount(seq))
    return 'a number of the manifest is wrong';
  if (typeof history !== 'boolean') return 'the manifest does not say whether it has the history';
  const ends = log === undefined ? undefined : readEnds(log);
  if (log !== undefined && ends === undefined) return 'the manifest does not say where the log stands';
  if (!isJsonObject(counts)) return 'the manifest lacks counts';
  const entries = Object.entries(counts).flatMap(([name, count]) => (isCount(count) ? [[name, count] as const] : []));
  if (entries.length !== Object.keys(counts).length) return 'a count of the manifest is wrong';
  const about = { app, counts: Object.fromEntries(entries), exportedAt, history, openConflicts, schemaVersion, seq };
  return ends === undefined ? about : { ...about, log: ends };
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

/** What the seal says of one part. */
export interface PartSum {
  /** Lines. */
  readonly count: number;
  /** SHA-256 of the lines, their ends included. */
  readonly sha256: string;
}

/** The last line. */
export interface Seal {
  readonly parts: { readonly [part: string]: PartSum };
  /** SHA-256 of every byte before this line. */
  readonly sha256: string;
}

const toSum = (value: unknown): PartSum =>
  isJsonObject(value) && isCount(value.count) && typeof value.sha256 === 'string'
    ? { count: value.count, sha256: value.sha256 }
    : { count: 0, sha256: '' };

/** The seal in a parsed last line, or undefined if it is another line. */
export const readSeal = (line: unknown): Seal | undefined => {
  if (!isJsonObject(line) || Object.keys(line).length !== 2 || !isJsonObject(line.parts) || typeof line.sha256 !== 'string')
    return undefined;
  const sums = Object.entries(line.parts).map(([part, sum]) => [part, toSum(sum)] as const);
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
    close: (): Seal => ({
      parts: Object.fromEntries(
        [...parts]
          .sort(([a], [b]) => compareStrings(a, b))
          .map(([part, { hash, count }]) => [part, { count, sha256: hash.copy().digest('hex') }]),
      ),
      sha256: whole.copy().digest('hex'),
    }),
  };
};

const sortedCounts = (counts: Manifest['counts']): Manifest['counts'] =>
  Object.fromEntries(Object.entries(counts).sort(([a], [b]) => compareStrings(a, b)));

export const printManifest = (manifest: Manifest): string => {
  const { app, counts, exportedAt, history, log, openConflicts, schemaVersion, seq } = manifest;
  const inOrder = {
    app,
    counts: sortedCounts(counts),
    exportedAt,
    format: EXPORT_FORMAT,
    history,
    ...(log === undefined ? {} : { log: { floor: log.floor, floorHash: log.floorHash, hash: log.hash } }),
    openConflicts,
    schemaVersion,
    seq,
    version: EXPORT_VERSION,
  };
  return `${JSON.stringify(inOrder)}\n`;
};

/** A record that says no more than its fields, of which `fieldsJson` is the canonical JSON. */
export const printRecordLine = (record: Omit<ExportedRecord, 'fields'> & { readonly fieldsJson: string }): string => {
  const { collection, id, fieldsJson, schemaVersion } = record;
  const key = `"collection":${JSON.stringify(collection)}`;
  return `{${key},"fields":${fieldsJson},"id":${JSON.stringify(id)},"schemaVersion":${schemaVersion}}\n`;
};

export const printSeal = ({ parts, sha256 }: Seal): string => `${JSON.stringify({ parts, sha256 })}\n`;
