import { canonicalJson, digestText, hashText, isJsonObject, type Json, type JsonObject, jsonFault } from '@tidemark/protocol';

// What the app keeps in localStorage, and how older shapes of it become the newest. Pure: an app may run the same chain itself.

/** Where the app keeps its value. */
export const KEPT_NAME = 'andi_weekday_os_v1';

type Lists = { readonly [name: string]: Json };

const mapItems = (list: Json | undefined, change: (item: JsonObject) => JsonObject): Json | undefined =>
  Array.isArray(list) ? list.map((item: Json) => (isJsonObject(item) ? change(item) : item)) : list;

/** The value with each of its lists changed item by item; `list` is where the items stand, as `mealTemplatesByDay.Monday`. */
const mapLists = (value: Lists, change: (list: string) => (item: JsonObject) => JsonObject): Lists => {
  const next: { [name: string]: Json } = { ...value };
  for (const name of ['schedule', 'supplementsList', 'log', 'workoutPrograms', 'workoutHistory']) {
    const list = mapItems(value[name], change(name));
    if (list !== undefined) next[name] = list;
  }
  const byDay = value.mealTemplatesByDay;
  if (isJsonObject(byDay)) {
    const days = Object.entries(byDay).map(([day, list]) => [day, mapItems(list, change(`mealTemplatesByDay.${day}`)) ?? null] as const);
    next.mealTemplatesByDay = Object.fromEntries(days);
  }
  return next;
};

/** `7:30` → `07:30`. */
const twoDigits = (value: Json): Json => (typeof value === 'string' && /^\d:[0-5]\d$/.test(value) ? `0${value}` : value);
/** `82.5` as a text → 82.5; an empty text was never filled in. */
const asNumber = (value: Json): Json | undefined => {
  if (typeof value !== 'string') return value;
  if (value.trim() === '') return undefined;
  return /^\d{1,15}(?:\.\d{1,6})?$/.test(value.trim()) ? Number(value) : value;
};
/** `2026-03-01T08:00:00.000Z` → `2026-03-01`. */
const asDay = (value: Json): Json => (typeof value === 'string' && /^\d{4}-\d\d-\d\dT/.test(value) ? value.slice(0, 10) : value);

const WRITTEN: { readonly [member: string]: (value: Json) => Json | undefined } = {
  start: twoDigits,
  end: twoDigits,
  timeAt: twoDigits,
  bw: asNumber,
  sleep: asNumber,
  steps: asNumber,
  grams: asNumber,
  date: asDay,
};

const writeAlike = (item: JsonObject): JsonObject =>
  Object.fromEntries(
    Object.entries(item).flatMap(([name, value]) => {
      const write = Object.hasOwn(WRITTEN, name) ? WRITTEN[name] : undefined;
      const written = write === undefined || value === undefined ? value : write(value);
      return written === undefined ? [] : [[name, written]];
    }),
  );

const hasId = ({ id }: JsonObject): boolean => (typeof id === 'string' && id !== '') || typeof id === 'number';

/** Items without an id get one that follows from where and what they are; equal ones are counted. */
const idFrom = (list: string): ((item: JsonObject) => JsonObject) => {
  const seen = new Map<string, number>();
  return (item) => {
    if (hasId(item)) return { ...item, id: String(item.id) };
    // What no storage takes is refused later, by name; here it must only not be printed.
    if (jsonFault(item) !== undefined) return item;
    const { id: _, ...content } = item;
    const text = canonicalJson([list, content]);
    const times = (seen.get(text) ?? 0) + 1;
    seen.set(text, times);
    return { ...content, id: `k${digestText(hashText(text))}${digestText(hashText(`${times} ${text}`))}` };
  };
};

/** One step of the chain: from version `from` to the next. Each may meet a value that has its new shape already. */
interface Migration {
  readonly from: number;
  readonly what: string;
  readonly migrate: (value: Lists) => Lists;
}

const MIGRATIONS: readonly Migration[] = [
  { from: 0, what: 'times and days in one form, numbers as numbers', migrate: (value) => mapLists(value, () => writeAlike) },
  { from: 1, what: 'an id for every item', migrate: (value) => mapLists(value, idFrom) },
];

/** The newest shape. A value without a version is of version 0; whatever its version, its items may lack ids. */
export const KEPT_VERSION = 2;

/** The version a value says it is of: a whole number, or a text that begins with one; undefined for anything else. */
export const keptVersion = ({ version }: JsonObject): number | undefined => {
  if (version === undefined || version === null) return 0;
  const number = typeof version === 'string' ? Number(/^\d{1,6}/.exec(version)?.[0] ?? Number.NaN) : version;
  return typeof number === 'number' && Number.isInteger(number) && number >= 0 ? number : undefined;
};

/** Brings a value of a known version to the newest shape; `steps` says what was done to it. */
export const migrateKept = (value: JsonObject, from: number): { readonly value: JsonObject; readonly steps: readonly string[] } => {
  const lists: Lists = Object.fromEntries(
    Object.entries(value).flatMap(([name, member]) => (member === undefined ? [] : [[name, member]])),
  );
  const due = MIGRATIONS.filter((migration) => migration.from >= Math.min(from, KEPT_VERSION - 1));
  return {
    value: due.reduce((now, { migrate }) => migrate(now), lists),
    steps: due
      .filter((migration) => migration.from >= from)
      .map(({ from: version, what }) => `version ${version} → ${version + 1}: ${what}`),
  };
};
