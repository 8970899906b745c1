import { checkId, checkJson, compositeId, isJsonObject, isOptional, type Json, type JsonObject, validateFields } from '@tidemark/protocol';
import { dayKey, settingKey } from '../keys.ts';
import { orderKeys } from '../ordering.ts';
import { weekday } from '../schema.ts';

// The newest shape of the app's value as records of the collections.

export type CollectionName = keyof typeof weekday.collections;

/** A record that the value holds. `path` is where, as `schedule[3]`. */
export interface KeptRecord {
  readonly collection: CollectionName;
  readonly id: string;
  readonly fields: JsonObject;
  readonly path: string;
}

/** One thing wrong, by its place: `log[2].date`. */
export interface KeptIssue {
  readonly path: string;
  readonly message: string;
}

/** What reading gathers. */
interface Gathered {
  readonly records: KeptRecord[];
  readonly issues: KeptIssue[];
  readonly notes: string[];
}

const entriesOf = (value: Json | undefined, path: string, { issues }: Gathered): readonly (readonly [string, Json])[] => {
  if (value === undefined || value === null) return [];
  if (!isJsonObject(value)) {
    issues.push({ path, message: 'must be an object' });
    return [];
  }
  return Object.entries(value).map(([name, member]) => [name, member ?? null] as const);
};

const add = (record: KeptRecord, { records, issues }: Gathered): void => {
  const { collection, id, fields, path } = record;
  const wrongId = checkId(id);
  if (wrongId !== undefined) return void issues.push({ path: `${path}.id`, message: wrongId.message });
  const wrongJson = checkJson(fields);
  if (wrongJson !== undefined) return void issues.push({ path, message: wrongJson.message });
  const valid = validateFields(weekday.collections[collection], fields, 'put');
  if (valid.ok) return void records.push({ ...record, fields: valid.value });
  const found = valid.error.details?.issues;
  for (const issue of Array.isArray(found) ? found : []) {
    if (isJsonObject(issue)) issues.push({ path: `${path}.${String(issue.path)}`, message: String(issue.message) });
  }
};

/** `completion`, `suppLog`, `mealLog`: by day, and in it by id. */
const readTicks = (value: JsonObject, name: string, collection: CollectionName, about: string, done: string, into: Gathered): void => {
  for (const [day, ticks] of entriesOf(value[name], name, into)) {
    for (const [id, tick] of entriesOf(ticks, `${name}.${day}`, into)) {
      const path = `${name}.${day}.${id}`;
      if (tick !== null) add({ collection, id: dayKey(day, id), fields: { day, [about]: id, [done]: tick }, path }, into);
    }
  }
};

/** `top3`, `mechanism`: a text by day. */
const readTexts = (value: JsonObject, name: 'top3' | 'mechanism', into: Gathered): void => {
  for (const [day, text] of entriesOf(value[name], name, into)) {
    if (text !== null) add({ collection: name, id: day, fields: { day, text }, path: `${name}.${day}` }, into);
  }
};

/**
 * The fields of an item. Members that the collection has no field for are kept in `more`; so are those of an optional field for
 * texts that are no text, because nothing says what the app means by them.
 */
const fieldsOf = (collection: CollectionName, item: JsonObject): { readonly fields: JsonObject; readonly odd: readonly string[] } => {
  const known = weekday.collections[collection].fields;
  const fields: { [name: string]: Json } = {};
  const more: { [name: string]: Json } = {};
  const odd: string[] = [];
  for (const [name, value] of Object.entries(item)) {
    if (name === 'id' || value === undefined || value === null) continue;
    const field = name !== 'more' && name !== 'order' && Object.hasOwn(known, name) ? Reflect.get(known, name) : undefined;
    if (field === undefined) more[name] = value;
    else if (TEXTS.has(name) && isOptional(field) && typeof value !== 'string') {
      more[name] = value;
      odd.push(name);
    } else fields[name] = value;
  }
  return { fields: Object.keys(more).length === 0 ? fields : { ...fields, more }, odd };
};

const TEXTS: ReadonlySet<string> = new Set(['purpose', 'good', 'tag', 'source', 'goal', 'dose', 'rule', 'top', 'notes', 'name']);

interface ListOf {
  readonly collection: CollectionName;
  readonly path: string;
  /** What every item of the list has. */
  readonly fields?: JsonObject;
  /** Its place is kept as `order`. */
  readonly ordered: boolean;
  /** A required text that items may lack. */
  readonly title?: string;
  /** Ids that the collection has already, where it holds several lists. */
  readonly taken?: Set<string>;
}

/** The id of an item; another one that follows from its place where its own is taken. */
const freeId = (own: string, taken: Set<string>, list: string, place: number): string => {
  const id = [own, compositeId(own, list), compositeId(own, list, String(place))].find((one) => !taken.has(one)) ?? own;
  taken.add(id);
  return id;
};

const readList = (list: Json | undefined, of: ListOf, into: Gathered): void => {
  const { collection, path, fields: shared = {}, ordered, title, taken = new Set() } = of;
  if (list === undefined || list === null) return;
  if (!Array.isArray(list)) return void into.issues.push({ path, message: 'must be an array' });
  const keys = ordered ? orderKeys(list.length) : [];
  for (const [place, item] of list.entries()) {
    const here = `${path}[${place}]`;
    if (!isJsonObject(item)) {
      into.issues.push({ path: here, message: 'must be an object' });
      continue;
    }
    const { fields, odd } = fieldsOf(collection, item);
    for (const name of odd) into.notes.push(`${here}.${name} is not a text; it is kept in "more".`);
    const own = String(item.id ?? '');
    const id = freeId(own, taken, path, place);
    if (id !== own) into.notes.push(`${here} has the id ${own}, which another item has; it is kept as ${id}.`);
    const order = keys[place];
    const named = title === undefined || Object.hasOwn(fields, title) ? {} : { [title]: '' };
    add({ collection, id, fields: { ...named, ...fields, ...shared, ...(order === undefined ? {} : { order }) }, path: here }, into);
  }
};

const keepWhole = (id: string, value: Json, path: string, into: Gathered): void =>
  add({ collection: 'settings', id, fields: value === null ? {} : { value }, path }, into);

/** Objects by id as a list of them; undefined for anything else. */
const listOfMembers = (given: Json | undefined): JsonObject[] | undefined => {
  if (given === undefined || !isJsonObject(given)) return undefined;
  const list: JsonObject[] = [];
  for (const [id, item = null] of Object.entries(given)) {
    if (!isJsonObject(item)) return undefined;
    list.push({ ...item, id });
  }
  return list;
};

/** Programs and workouts may be a list, or objects by id; what is neither is kept as it is. */
const readWorkouts = (value: JsonObject, name: string, collection: CollectionName, into: Gathered): void => {
  const given = value[name];
  const list = listOfMembers(given) ?? given;
  const isList = list === undefined || list === null || Array.isArray(list);
  if (isList) readList(list, { collection, path: name, ordered: collection === 'workout_programs' }, into);
  else keepWhole(compositeId('kept', name), list, name, into);
};

const KNOWN: ReadonlySet<string> = new Set([
  ...['completion', 'top3', 'mechanism', 'schedule', 'supp', 'suppLog', 'mealTemplatesByDay', 'mealLog', 'supplementsList', 'log'],
  ...['version', 'workoutPrograms', 'workoutHistory', 'settings', 'macroTargets'],
]);

const readSettings = (value: JsonObject, into: Gathered): void => {
  for (const name of ['supp', 'macroTargets']) if (value[name] !== undefined) keepWhole(name, value[name] ?? null, name, into);
  const { settings = null } = value;
  if (isJsonObject(settings)) {
    for (const [name, member] of entriesOf(settings, 'settings', into)) keepWhole(settingKey(name), member, `settings.${name}`, into);
  } else if (settings !== null) keepWhole('settings', settings, 'settings', into);
  for (const [name, member] of Object.entries(value)) {
    if (KNOWN.has(name)) continue;
    into.notes.push(`${name} is not known here; it is kept as the setting ${compositeId('kept', name)}.`);
    keepWhole(compositeId('kept', name), member ?? null, name, into);
  }
};

/** The records of a value of the newest shape, and all that is wrong with it. Any member may be missing. */
export const recordsOf = (value: JsonObject): Gathered => {
  const into: Gathered = { records: [], issues: [], notes: [] };
  readTicks(value, 'completion', 'completion', 'blockId', 'done', into);
  readTexts(value, 'top3', into);
  readTexts(value, 'mechanism', into);
  readList(value.schedule, { collection: 'schedule_blocks', path: 'schedule', ordered: true, title: 'title' }, into);
  readList(value.supplementsList, { collection: 'supplements', path: 'supplementsList', ordered: true, title: 'item' }, into);
  readTicks(value, 'suppLog', 'supplement_log', 'supplementId', 'taken', into);
  const meals = { collection: 'meals', ordered: true, title: 'name', taken: new Set<string>() } as const;
  for (const [day, list] of entriesOf(value.mealTemplatesByDay, 'mealTemplatesByDay', into)) {
    readList(list, { ...meals, path: `mealTemplatesByDay.${day}`, fields: { day } }, into);
  }
  readTicks(value, 'mealLog', 'meal_log', 'mealId', 'eaten', into);
  readList(value.log, { collection: 'log_entries', path: 'log', ordered: false }, into);
  readWorkouts(value, 'workoutPrograms', 'workout_programs', into);
  readWorkouts(value, 'workoutHistory', 'workout_history', into);
  readSettings(value, into);
  return into;
};
