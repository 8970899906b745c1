import type { Json, JsonObject } from '@tidemark/protocol';
import { dayKey, inOrder, type Ordered, orderAt, settingKey } from './index.ts';
import type { weekday } from './schema.ts';
import type { Device } from './weekday-server.suite.ts';

// A day of edits on one device, by a seed, and the log of what it meant by them.

type Name = keyof typeof weekday.collections;

/** What a device meant: the value of a field, or (`field` '*') that the record goes. */
export interface Intent {
  readonly collection: Name;
  readonly id: string;
  readonly field: string;
  readonly value: Json;
}

export type Random = (below: number) => number;

/** Source: mulberry32, Tommy Ettinger, public domain. */
export const randomOf = (seed: number): Random => {
  let state = seed >>> 0;
  return (below) => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = Math.imul(state ^ (state >>> 15), state | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((((t ^ (t >>> 14)) >>> 0) * below) / 2 ** 32) | 0;
  };
};

const DAYS = ['2026-03-02', '2026-03-03', '2026-03-04'];
const NAMES = ['Monday', 'Tuesday', 'Wednesday'];
const ITEMS = 8;
const LISTS = ['schedule_blocks', 'supplements', 'meals', 'workout_programs'] as const;
type ListName = (typeof LISTS)[number];

const TITLE_OF: Readonly<Record<ListName, string>> = {
  schedule_blocks: 'title',
  supplements: 'item',
  meals: 'name',
  workout_programs: 'name',
};

const newItem = (list: ListName, text: string, order: string): JsonObject => {
  const base = { [TITLE_OF[list]]: text, order };
  if (list === 'schedule_blocks') return { ...base, start: '07:00', end: '07:30' };
  return list === 'meals' ? { ...base, day: 'Monday' } : base;
};

/** What stands before the day: lists with items, some days ticked and logged. */
export const firstRecords = (): readonly { collection: Name; id: string; fields: JsonObject }[] => [
  ...LISTS.flatMap((list) =>
    Array.from({ length: ITEMS }, (_, i) => ({
      collection: list,
      id: `${list}-${i}`,
      fields: newItem(list, `${list} ${i}`, String.fromCharCode(65 + 2 * i)),
    })),
  ),
  ...DAYS.flatMap((day) => [
    { collection: 'top3' as const, id: day, fields: { day, text: 'as before' } },
    { collection: 'completion' as const, id: dayKey(day, 'schedule_blocks-0'), fields: { day, blockId: 'schedule_blocks-0', done: false } },
  ]),
  { collection: 'log_entries', id: 'log-0', fields: { date: '2026-03-01', bw: 80 } },
  { collection: 'workout_history', id: 'workout-0', fields: { date: '2026-03-01', notes: 'as before' } },
];

const LOGS = {
  completion: { about: 'blockId', done: 'done', list: 'schedule_blocks' },
  supplement_log: { about: 'supplementId', done: 'taken', list: 'supplements' },
  meal_log: { about: 'mealId', done: 'eaten', list: 'meals' },
} as const;
const LOG_NAMES = ['completion', 'supplement_log', 'meal_log'] as const;

interface Asked {
  readonly collection: Name;
  readonly id: string;
  readonly op: 'put' | 'patch' | 'delete';
  readonly fields: JsonObject;
}

/** One edit on what the device sees; every text in it is written nowhere else. */
const nextEdit = (client: Device['client'], random: Random, unique: string): Asked => {
  const pick = <T>(from: readonly [T, ...T[]] | readonly T[]): T => {
    const one = from[random(from.length)];
    if (one === undefined) throw new Error('there is nothing to pick from');
    return one;
  };
  const kind = random(100);
  const day = pick(DAYS);
  const list = pick(LISTS);
  const items: readonly Ordered[] = inOrder(client.collection(list).list());
  if (kind < 30 && items.length > 1) {
    const { id } = pick(items);
    return { collection: list, id, op: 'patch', fields: { order: orderAt(items, id, random(items.length)) } };
  }
  if (kind < 45 && items.length > 0) return { collection: list, id: pick(items).id, op: 'patch', fields: { [TITLE_OF[list]]: unique } };
  if (kind < 50) return { collection: list, id: unique, op: 'put', fields: newItem(list, unique, orderAt(items, unique, random(20))) };
  if (kind < 53 && items.length > 3) return { collection: list, id: pick(items).id, op: 'delete', fields: {} };
  if (kind < 75) {
    const collection = pick(LOG_NAMES);
    const { about, done, list: of } = LOGS[collection];
    const thing = `${of}-${random(ITEMS)}`;
    return { collection, id: dayKey(day, thing), op: 'put', fields: { day, [about]: thing, [done]: random(2) === 1 } };
  }
  if (kind < 82) return { collection: pick(['top3', 'mechanism'] as const), id: day, op: 'put', fields: { day, text: unique } };
  if (kind < 88) return { collection: 'log_entries', id: 'log-0', op: 'patch', fields: { [pick(['notes', 'top', 'day'])]: unique } };
  if (kind < 90)
    return { collection: 'log_entries', id: unique, op: 'put', fields: { date: day, day: pick(NAMES), steps: random(30_000) } };
  if (kind < 94) return { collection: 'workout_history', id: 'workout-0', op: 'patch', fields: { notes: unique } };
  const id = pick([settingKey('theme'), 'macroTargets']);
  return { collection: 'settings', id, op: 'put', fields: { value: unique } };
};

/** Makes so many edits on a device and answers what it meant by them, oldest first. */
export const liveADay = async ({ client }: Device, name: string, edits: number, random: Random): Promise<readonly Intent[]> => {
  const intents: Intent[] = [];
  for (let i = 0; i < edits; i += 1) {
    const { collection, id, op, fields } = nextEdit(client, random, `${name}-text-${i}`);
    const handle = client.collection<Name>(collection);
    const wrote = op === 'delete' ? await handle.delete(id) : op === 'put' ? await handle.put(fields, id) : await handle.patch(id, fields);
    if (!wrote.ok) throw new Error(`${collection} ${id}: ${wrote.error.code} ${wrote.error.message}`);
    if (op === 'delete') intents.push({ collection, id, field: '*', value: null });
    for (const [field, value] of Object.entries(fields)) intents.push({ collection, id, field, value });
  }
  return intents;
};
