import type { OutboxRow } from '../store/rows.ts';
import { PUSH_CHARS_MAX } from './limits.ts';

/** Mutations that stand or fall together: a group, or a single one. */
export type Unit = readonly OutboxRow[];

/** What goes in one push: its rows, as units too, and the JSON of each of their mutations, printed once. */
export interface Batch {
  readonly rows: readonly OutboxRow[];
  readonly units: readonly Unit[];
  readonly texts: readonly string[];
  /** Characters of all texts. */
  readonly chars: number;
}

const groupOf = ({ mutation }: OutboxRow): string | undefined => (mutation.op === 'void' ? undefined : mutation.group);

/** Cuts rows that are in order into units. A group that was partly given up stays one unit. */
export const toUnits = (rows: readonly OutboxRow[]): Unit[] => {
  const units: OutboxRow[][] = [];
  let last: string | undefined;
  for (const row of rows) {
    const group = groupOf(row);
    if (group !== undefined && group === last) units.at(-1)?.push(row);
    else units.push([row]);
    last = group;
  }
  return units;
};

/** The first units of rows that fit one push: at most `unitsMax`, so many mutations, about 1 MiB, and always at least one. */
export const firstBatch = (waiting: readonly OutboxRow[], unitsMax: number, mutationsMax: number): Batch => {
  const units: Unit[] = [];
  const rows: OutboxRow[] = [];
  const texts: string[] = [];
  let chars = 0;
  for (const unit of toUnits(waiting).slice(0, unitsMax)) {
    const printed = unit.map(({ mutation }) => JSON.stringify(mutation));
    const more = chars + printed.join().length;
    if (chars > 0 && (texts.length + unit.length > mutationsMax || more > PUSH_CHARS_MAX)) break;
    units.push(unit);
    rows.push(...unit);
    texts.push(...printed);
    chars = more;
  }
  return { units, rows, texts, chars };
};
