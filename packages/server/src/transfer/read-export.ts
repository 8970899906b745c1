import { compareStrings } from '@tidemark/protocol';
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

/** The bytes of an export file in pieces, from the start at each call: a file is read more than once. */
export type ExportSource = () => AsyncIterable<Buffer> | Iterable<Buffer>;

/** What a line of an export file turned out to be. `line` counts from 1, `index` counts the records from 0. */
export type ExportItem =
  | { readonly kind: 'manifest'; readonly manifest: Manifest }
  | { readonly kind: 'record'; readonly line: number; readonly index: number; readonly record: ExportedRecord }
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
const differences = (manifest: Manifest, expected: Seal, found: Seal, countOf: (part: string) => number): string[] => {
  const names = [...new Set([manifest.counts, expected.parts, found.parts].flatMap((of) => Object.keys(of)))].sort(compareStrings);
  const problems = names.flatMap((part) => {
    const [wanted, count] = [manifest.counts[part] ?? 0, countOf(part)];
    if (count !== wanted) return [`part ${part}: ${count} lines are here, the manifest counts ${wanted}`];
    return expected.parts[part] === found.parts[part]
      ? []
      : [`part ${part}: its checksum does not fit its ${count} lines: they were changed or damaged`];
  });
  if (problems.length > 0 || expected.sha256 === found.sha256) return problems;
  return ['the checksum does not fit the manifest: the first line was changed or damaged, or this one'];
};

const cutOff = (manifest: Manifest | undefined, countOf: (part: string) => number): string => {
  const counts = Object.entries(manifest?.counts ?? {}).sort(([a], [b]) => compareStrings(a, b));
  const short = counts.find(([part, count]) => countOf(part) < count);
  const place = short === undefined ? 'before it' : `in part ${short[0]}, after ${countOf(short[0])} of ${short[1]} lines`;
  return `the last line, the seal with the checksums, is missing: the file was cut off ${place}`;
};

/** Reads an export file line by line in constant memory. Lines that are wrong come as problems and reading goes on. */
export async function* readExport(source: ExportSource): AsyncGenerator<ExportItem> {
  const seal = createSeal();
  let manifest: Manifest | undefined;
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
      const record = expected === undefined ? readRecord(parsed.value) : undefined;
      if (expected !== undefined) {
        sealAt = line;
        const problems = differences(manifest, expected, seal.close(), seal.count);
        for (const problem of problems) yield { kind: 'problem', line, problem };
        if (problems.length === 0) yield { kind: 'end', sha256: expected.sha256 };
      } else if (typeof record === 'string') yield { kind: 'problem', line, problem: record };
      else if (record !== undefined) {
        seal.addLines(record.collection, whole);
        yield { kind: 'record', line, index: index++, record };
      }
    }
  }
  if (line === 0) yield { kind: 'problem', line: 1, problem: 'the file is empty' };
  else if (sealAt === 0) yield { kind: 'problem', line, problem: cutOff(manifest, seal.count) };
}
