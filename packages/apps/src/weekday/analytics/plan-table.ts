import { isJsonObject } from '@tidemark/protocol';
import { WEEKDAYS } from './days.ts';
import type { Planned } from './figures.ts';

/** Supplements or meals, kept up with the log. */
export interface PlanTable {
  readonly size: () => number;
  put(id: string, fieldsJson: string): void;
  remove(id: string): void;
  clear(): void;
  all(): readonly Planned[];
}

const LETTERS = 3;

/** `Mon`, `monday` → 0; undefined for what is no English name of a day. */
const weekdayNamed = (name: unknown): number | undefined => {
  if (typeof name !== 'string') return undefined;
  const start = name.trim().slice(0, LETTERS).toLowerCase();
  const found = WEEKDAYS.findIndex((weekday) => weekday.slice(0, LETTERS).toLowerCase() === start);
  return found < 0 ? undefined : found;
};

export const createPlanTable = (): PlanTable => {
  const byId = new Map<string, Planned>();
  return {
    size: () => byId.size,
    put: (id, fieldsJson) => {
      const fields: unknown = JSON.parse(fieldsJson);
      if (!isJsonObject(fields)) return;
      const weekday = weekdayNamed(fields.day);
      byId.set(id, { id, name: String(fields.item ?? fields.name ?? ''), ...(weekday === undefined ? {} : { weekday }) });
    },
    remove: (id) => void byId.delete(id),
    clear: () => byId.clear(),
    all: () => [...byId.values()],
  };
};
