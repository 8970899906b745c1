import type { OutboxRow } from '../store/rows.ts';
import { PUSH_CHARS_MAX } from './limits.ts';

/** Mutations that stand or fall together: a group, or a single one. */
export type Unit = readonly OutboxRow[];

/** What goes in one push: its units, and the JSON of each of their mutations, printed once. */
export interface Batch {
  readonly units: readonly Unit[];
  readonly texts: readonly string[];
  /** Characters of all texts. */
  readonly chars: number;
}

/** Cuts rows that are in order into units. A group that was partly given up stays one unit. */
export const toUnits = (rows: readonly OutboxRow[]): Unit[] => {
  const units: OutboxRow[][] = [];
  let last: string | undefined;
  for (const row of rows) {
    const group = row.mutation.op === 'void' ? undefined : row.mutation.group;
    const open = units.at(-1);
    if (group !== undefined && group === last && open !== undefined) open.push(row);
    else units.push([row]);
    last = group;
  }
  return units;
};

/** The first units that fit one push: at most `unitsMax`, so many mutations, about 1 MiB, and always at least one. */
export const firstBatch = (units: readonly Unit[], unitsMax: number, mutationsMax: number): Batch => {
  const taken: Unit[] = [];
  const texts: string[] = [];
  let chars = 0;
  for (const unit of units.slice(0, unitsMax)) {
    const printed = unit.map(({ mutation }) => JSON.stringify(mutation));
    const more = printed.reduce((sum, text) => sum + text.length, chars);
    if (taken.length > 0 && (texts.length + unit.length > mutationsMax || more > PUSH_CHARS_MAX)) break;
    taken.push(unit);
    texts.push(...printed);
    chars = more;
  }
  return { units: taken, texts, chars };
};
