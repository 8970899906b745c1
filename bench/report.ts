import type { Machine } from './platform/machine.ts';
import { isMet, ratioOf, TARGETS } from './targets.ts';
import type { Measured } from './workload.ts';

/** A figure with three digits or more. */
export const figure = (value: number): string =>
  value >= 1_000 ? Math.round(value).toLocaleString('en') : value.toFixed(value >= 100 ? 0 : value >= 10 ? 1 : 2);

const verdict = (measured: Measured): string => {
  const met = isMet(measured);
  if (met === undefined) return '';
  return met ? 'met' : 'NOT MET';
};

const rowOf = (measured: Measured): readonly string[] => {
  const { id, what, unit, value, floor } = measured;
  const ratio = ratioOf(measured);
  return [
    id,
    what,
    `${figure(value)} ${unit}`,
    floor === undefined ? '' : figure(floor),
    ratio === undefined ? '' : ratio.toFixed(2),
    TARGETS[id]?.text ?? '',
    verdict(measured),
  ];
};

const HEAD = ['', 'workload', 'figure', 'floor', 'ratio', 'target', ''];

/** A table in Markdown, with columns of even width so that a terminal shows it well too. */
export const printTable = (rows: readonly (readonly string[])[]): string => {
  const [head = []] = rows;
  const widths = head.map((_, column) => Math.max(3, ...rows.map((row) => row[column]?.length ?? 0)));
  const line = (row: readonly string[]): string => `| ${row.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join(' | ')} |`;
  const [first = '', ...rest] = rows.map(line);
  return [first, line(widths.map((width) => '-'.repeat(width))), ...rest].join('\n');
};

export const printMeasured = (all: readonly Measured[]): string => printTable([HEAD, ...all.map(rowOf)]);

export const printMachine = ({ node, sqlite, cores, syncMs, load }: Machine): string =>
  `Node ${node}, SQLite ${sqlite}, ${cores}; write + fdatasync of 4 KiB ${syncMs.toFixed(2)} ms (median); load average ${load.toFixed(1)}`;
