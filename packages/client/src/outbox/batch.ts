import type { OutboxRow } from '../store/rows.ts';
import { PUSH_CHARS_MAX } from './limits.ts';

/** Mutations that stand or fall together: a group, or a single one. */
export type Unit = readonly OutboxRow[];

/** Cuts rows that are in order into units. A group that was partly given up stays one unit. */
export const toUnits = (rows: readonly OutboxRow[]): Unit[] => {
  const units: OutboxRow[][] = [];
  let last: string | undefined;
  for (const row of rows) {
    const group = row.mutation.op === 'void' ? undefined : row.mutation.group;
    if (group !== undefined && group === last) units.at(-1)?.push(row);
    else units.push([row]);
    last = group;
  }
  return units;
};

/** The first units that fit one push: at most `unitsMax`, so many mutations, about 1 MiB, and always at least one. */
export const firstBatch = (units: readonly Unit[], unitsMax: number, mutationsMax: number): Unit[] => {
  const batch: Unit[] = [];
  let mutations = 0;
  let chars = 0;
  for (const unit of units.slice(0, unitsMax)) {
    mutations += unit.length;
    for (const row of unit) chars += JSON.stringify(row.mutation).length;
    if (batch.length > 0 && (mutations > mutationsMax || chars > PUSH_CHARS_MAX)) break;
    batch.push(unit);
  }
  return batch;
};
