import type { Batch, Played } from '../campaign.ts';
import { appendText, cutText, readTextIfThere } from '../platform/files.ts';
import { addTotals, killsOf, NO_TOTALS, sumOf, type Totals } from './totals.ts';

/** A line of a record: a batch that was played to its end. Seeds of a batch that was not stand in no line and are played again. */
export interface RecordLine {
  /** Seeds `first` up to `last`. */
  readonly first: number;
  readonly last: number;
  /** The commit that was played; `-dirty` where files differed from it. */
  readonly commit: string;
  /** Sums of the counts in `totals`, for whoever reads along. */
  readonly faults: number;
  readonly kills: number;
  /** Of failed runs only seed and violations; what is needed to look into them goes to the file of failures. */
  readonly totals: Totals;
}

export const lineOf = ({ batch, totals }: Played, commit: string): RecordLine => ({
  first: batch.first,
  last: batch.first + batch.runs - 1,
  commit,
  faults: sumOf(totals.faults),
  kills: killsOf(totals),
  totals: { ...totals, failed: totals.failed.map(({ recent: _, ...rest }) => ({ ...rest, recent: [] })) },
});

const parseLine = (text: string): RecordLine => {
  const line: RecordLine = JSON.parse(text);
  return line;
};

/** The lines of a record; a last one that was cut off by a crash is taken out of the file. None where there is no file. */
export const readRecord = async (path: string): Promise<readonly RecordLine[]> => {
  const text = (await readTextIfThere(path)) ?? '';
  const whole = text.slice(0, text.lastIndexOf('\n') + 1);
  if (whole.length < text.length) await cutText(path, whole);
  return whole.split('\n').filter(Boolean).map(parseLine);
};

export const appendLine = (path: string, line: RecordLine): void => appendText(path, `${JSON.stringify(line)}\n`);

/** What all lines come to. Throws where a seed was counted twice. */
export const sumOfRecord = (lines: readonly RecordLine[]): Totals => {
  const ordered = [...lines].sort((a, b) => a.first - b.first);
  ordered.forEach(({ first }, i) => {
    const before = ordered[i - 1];
    if (before !== undefined && before.last >= first) throw new Error(`seed ${first} stands in two lines of the record`);
  });
  return ordered.reduce((sum, { totals }) => addTotals(sum, totals), NO_TOTALS);
};

/** Answers the batches of seeds from `first` on, of `size` each and `runs` in all, but for those with a line. */
export const batchesNotIn = (
  lines: readonly RecordLine[],
  { first, size, runs }: { readonly first: number; readonly size: number; readonly runs: number },
): (() => Batch | undefined) => {
  const isDone = (seed: number): boolean => lines.some((line) => line.first <= seed && seed <= line.last);
  let seed = first;
  return () => {
    while (isDone(seed)) seed += 1;
    let count = 0;
    while (count < size && seed + count < first + runs && !isDone(seed + count)) count += 1;
    if (count === 0) return undefined;
    const batch = { first: seed, runs: count, focus: [] };
    seed += count;
    return batch;
  };
};
