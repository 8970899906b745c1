import type { LogRow, ReceiptRow, WholeRecord } from '@tidemark/engine';
import { CONFLICTS, compareStrings, isJsonObject } from '@tidemark/protocol';
import {
  createSeal,
  EXPORT_LINE_BYTES_MAX,
  type ExportedRecord,
  type Manifest,
  readManifest,
  readRecord,
  readSeal,
  type Seal,
} from './export-format.ts';
import { readLines } from './read-lines.ts';
import { HISTORY, RECEIPTS, readChange, readReceipt, readWholeRecord } from './whole-lines.ts';

/** The bytes of an export file in pieces, from the start at each call: a file is read more than once. */
export type ExportSource = () => AsyncIterable<Buffer> | Iterable<Buffer>;

/** What a line of an export file turned out to be. `line` counts from 1, `index` counts the records from 0. */
export type ExportItem =
  | { readonly kind: 'manifest'; readonly manifest: Manifest }
  /** A live record of the app. `whole` where the file keeps all that the space knew of it. */
  | {
      readonly kind: 'record';
      readonly line: number;
      readonly index: number;
      readonly record: ExportedRecord;
      readonly whole?: WholeRecord;
    }
  /** A tombstone, or a conflict. */
  | { readonly kind: 'state'; readonly line: number; readonly whole: WholeRecord }
  | { readonly kind: 'change'; readonly line: number; readonly change: LogRow }
  | { readonly kind: 'receipt'; readonly line: number; readonly receipt: ReceiptRow }
  | { readonly kind: 'problem'; readonly line: number; readonly problem: string }
  /** The seal was reached and every sum is right. */
  | { readonly kind: 'end'; readonly sha256: string };

const NEWLINE = Buffer.from('\n');

const parse = (bytes: Buffer): { readonly value: unknown } | string => {
  try {
    const text = new TextDecoder('utf-8', { fatal: true }).decode(bytes);
    const value: unknown = JSON.parse(text);
    return { value };
  } catch (fault) {
    return `not JSON in UTF-8 (${fault instanceof Error ? fault.message : String(fault)})`;
  }
};

const readFirst = (value: unknown): ExportItem => {
  const manifest = readManifest(value);
  return typeof manifest === 'string' ? { kind: 'problem', line: 1, problem: manifest } : { kind: 'manifest', manifest };
};

/** What differs between the seal at the end of a file and what was read before it, part by part; empty where nothing does. */
const differences = (expected: Seal, found: Seal): string[] => {
  const names = [...new Set([expected.parts, found.parts].flatMap((of) => Object.keys(of)))].sort(compareStrings);
  const problems = names.flatMap((part) => {
    const [wanted, here] = [expected.parts[part], found.parts[part]];
    if (wanted?.count !== here?.count) return [`part ${part}: ${here?.count ?? 0} lines are here, the seal counts ${wanted?.count ?? 0}`];
    return wanted?.sha256 === here?.sha256 ? [] : [`part ${part}: its checksum does not fit its lines: they were changed or damaged`];
  });
  if (problems.length > 0 || expected.sha256 === found.sha256) return problems;
  return ['the checksum does not fit the manifest: the first line was changed or damaged, or this one'];
};

const cutOff = (part: string | undefined): string =>
  `the last line, the seal, is missing: the file was cut off ${part === undefined ? 'at its beginning' : `in part ${part}`}`;

type ReadLine = { readonly part: string; readonly item: DistributiveOmit<LineItem, 'line' | 'index'> };
type LineItem = Extract<ExportItem, { readonly kind: 'record' | 'state' | 'change' | 'receipt' }>;
type DistributiveOmit<T, K extends string> = T extends unknown ? Omit<T, K> : never;

const isApart = ({ collection, deleted }: WholeRecord): boolean => deleted || collection === CONFLICTS;

const readStateLine = (line: unknown, manifest: Manifest): ReadLine | string => {
  if (manifest.log === undefined) {
    const record = readRecord(line);
    return typeof record === 'string' ? record : { part: record.collection, item: { kind: 'record', record } };
  }
  const whole = readWholeRecord(line);
  if (typeof whole === 'string') return whole;
  const { collection, id, schemaVersion, fieldsJson } = whole;
  if (isApart(whole)) return { part: collection, item: { kind: 'state', whole } };
  const record = { collection, id, schemaVersion, fields: JSON.parse(fieldsJson) };
  return { part: collection, item: { kind: 'record', record, whole } };
};

/** What stands in a line between manifest and seal, and the part it belongs to; or what is wrong with it. */
const readLine = (line: unknown, manifest: Manifest): ReadLine | string => {
  if (!isJsonObject(line)) return 'not a JSON object';
  if (manifest.history && isJsonObject(line.change)) {
    const change = readChange(line.change);
    return typeof change === 'string' ? change : { part: HISTORY, item: { kind: 'change', change } };
  }
  if (manifest.history && isJsonObject(line.receipt)) {
    const receipt = readReceipt(line.receipt);
    return typeof receipt === 'string' ? receipt : { part: RECEIPTS, item: { kind: 'receipt', receipt } };
  }
  return readStateLine(line, manifest);
};

/** Reads an export file line by line in constant memory. Lines that are wrong come as problems and reading goes on. */
export async function* readExport(source: ExportSource): AsyncGenerator<ExportItem> {
  const seal = createSeal();
  let manifest: Manifest | undefined;
  let part: string | undefined;
  let line = 0;
  let index = 0;
  let sealAt = 0;
  for await (const { bytes, ended, tooLong } of readLines(source(), EXPORT_LINE_BYTES_MAX)) {
    line += 1;
    if (tooLong) {
      yield { kind: 'problem', line, problem: `longer than ${EXPORT_LINE_BYTES_MAX} bytes; reading stopped here` };
      return;
    }
    if (sealAt > 0) {
      yield { kind: 'problem', line, problem: `stands after the seal of line ${sealAt}` };
      continue;
    }
    const whole = ended ? Buffer.concat([bytes, NEWLINE]) : bytes;
    const parsed = parse(bytes);
    if (typeof parsed === 'string') yield { kind: 'problem', line, problem: parsed };
    else if (manifest === undefined) {
      const first = readFirst(parsed.value);
      yield first;
      if (first.kind !== 'manifest') return;
      manifest = first.manifest;
      seal.add(whole);
    } else {
      const expected = readSeal(parsed.value);
      if (expected !== undefined) {
        sealAt = line;
        const problems = differences(expected, seal.close());
        for (const problem of problems) yield { kind: 'problem', line, problem };
        if (problems.length === 0) yield { kind: 'end', sha256: expected.sha256 };
        continue;
      }
      const read = readLine(parsed.value, manifest);
      if (typeof read === 'string') yield { kind: 'problem', line, problem: read };
      else {
        part = read.part;
        seal.addLines(part, whole);
        yield read.item.kind === 'record' ? { ...read.item, line, index: index++ } : { ...read.item, line };
      }
    }
  }
  if (line === 0) yield { kind: 'problem', line: 1, problem: 'the file is empty' };
  else if (sealAt === 0) yield { kind: 'problem', line, problem: cutOff(part) };
}
