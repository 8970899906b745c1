import { isJsonObject, type JsonObject } from '@tidemark/protocol';
import { dayNumber } from './days.ts';

/** What is kept of a record that is about a day. */
export interface OnDay {
  readonly day: number;
  /** What it is about: a block, a supplement, a meal; '' for none. */
  readonly about: string;
  /** Was it done? Of what has no tick: true. */
  readonly done: boolean;
  readonly weight?: number;
  readonly sleep?: number;
  readonly steps?: number;
}

/** Records of one collection by their days, kept up with the log. */
export interface DayTable {
  readonly size: () => number;
  put(id: string, fieldsJson: string): void;
  remove(id: string): void;
  clear(): void;
  on(day: number): Iterable<OnDay>;
  /** Days with a record, in no order. */
  days(): Iterable<number>;
}

/** A number, or the text of one that was typed: `80,5`. */
const figureOf = (value: unknown): number | undefined => {
  if (typeof value === 'number') return value;
  if (typeof value !== 'string' || !/^\s*\d+(?:[.,]\d+)?\s*$/.test(value)) return undefined;
  return Number(value.replace(',', '.'));
};

const figuresOf = (fields: JsonObject): Pick<OnDay, 'weight' | 'sleep' | 'steps'> => {
  const [weight, sleep, steps] = [figureOf(fields.bw), figureOf(fields.sleep), figureOf(fields.steps)];
  return {
    ...(weight === undefined ? {} : { weight }),
    ...(sleep === undefined ? {} : { sleep }),
    ...(steps === undefined ? {} : { steps }),
  };
};

const textOf = (value: unknown): string => (typeof value === 'string' ? value : '');

const readRecord = (fieldsJson: string): OnDay | undefined => {
  const fields: unknown = JSON.parse(fieldsJson);
  if (!isJsonObject(fields)) return undefined;
  const day = dayNumber(fields.date ?? fields.day);
  if (day === undefined) return undefined;
  const ticked = fields.done ?? fields.taken ?? fields.eaten;
  const about = textOf(fields.blockId ?? fields.supplementId ?? fields.mealId);
  return { day, about, done: ticked !== false, ...figuresOf(fields) };
};

export const createDayTable = (): DayTable => {
  const byId = new Map<string, OnDay>();
  const byDay = new Map<number, Map<string, OnDay>>();
  const remove = (id: string): void => {
    const before = byId.get(id);
    if (before === undefined) return;
    byId.delete(id);
    const there = byDay.get(before.day);
    there?.delete(id);
    if (there?.size === 0) byDay.delete(before.day);
  };
  return {
    size: () => byId.size,
    put: (id, fieldsJson) => {
      remove(id);
      const record = readRecord(fieldsJson);
      if (record === undefined) return;
      byId.set(id, record);
      const there = byDay.get(record.day) ?? new Map<string, OnDay>();
      byDay.set(record.day, there.set(id, record));
    },
    remove,
    clear: () => {
      byId.clear();
      byDay.clear();
    },
    on: (day) => byDay.get(day)?.values() ?? [],
    days: () => byDay.keys(),
  };
};
