import { createHash } from 'node:crypto';
import { EXPORT_LINE_BYTES_MAX, type ExportedRecord, type Manifest, readManifest, readRecord, readTrailer } from './export-format.ts';
import { readLines } from './read-lines.ts';

/** The bytes of an export file in pieces, from the start at each call: a file is read more than once. */
export type ExportSource = () => AsyncIterable<Buffer> | Iterable<Buffer>;

/** What a line of an export file turned out to be. `line` counts from 1, `index` counts the records from 0. */
export type ExportItem =
  | { readonly kind: 'manifest'; readonly manifest: Manifest }
  | { readonly kind: 'record'; readonly line: number; readonly index: number; readonly record: ExportedRecord }
  | { readonly kind: 'problem'; readonly line: number; readonly problem: string }
  /** The last line was reached and the checksum is right. */
  | { readonly kind: 'end'; readonly sha256: string };

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

const readLast = (line: number, expected: string, found: string): ExportItem =>
  expected === found
    ? { kind: 'end', sha256: found }
    : { kind: 'problem', line, problem: 'the checksum does not fit the lines before it: the file was changed or damaged' };

/** Reads an export file line by line in constant memory. Lines that are wrong come as problems and reading goes on. */
export async function* readExport(source: ExportSource): AsyncGenerator<ExportItem> {
  const hash = createHash('sha256');
  let line = 0;
  let index = 0;
  let trailerAt = 0;
  for await (const { bytes, ended, tooLong } of readLines(source(), EXPORT_LINE_BYTES_MAX)) {
    line += 1;
    if (tooLong) {
      yield { kind: 'problem', line, problem: `longer than ${EXPORT_LINE_BYTES_MAX} bytes; reading stopped here` };
      return;
    }
    if (trailerAt > 0) {
      yield { kind: 'problem', line, problem: `stands after the checksum of line ${trailerAt}` };
      continue;
    }
    const parsed = parse(bytes);
    if (typeof parsed === 'string') yield { kind: 'problem', line, problem: parsed };
    else if (line === 1) {
      const first = readFirst(parsed.value);
      yield first;
      if (first.kind === 'problem') return;
    } else {
      const sum = readTrailer(parsed.value);
      const record = sum === undefined ? readRecord(parsed.value) : undefined;
      if (sum !== undefined) {
        trailerAt = line;
        yield readLast(line, hash.copy().digest('hex'), sum);
      } else if (typeof record === 'string') yield { kind: 'problem', line, problem: record };
      else if (record !== undefined) yield { kind: 'record', line, index: index++, record };
    }
    hash.update(bytes);
    if (ended) hash.update('\n');
  }
  if (line === 0) yield { kind: 'problem', line: 1, problem: 'the file is empty' };
  else if (trailerAt === 0) yield { kind: 'problem', line, problem: 'the last line, the checksum, is missing: the file was cut off' };
}
