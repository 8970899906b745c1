import type { LocalConflict, Status } from '@tidemark/client';
import { isJsonObject, type Json, WHOLE_RECORD } from '@tidemark/protocol';

export const counted = (count: number, one: string, many = `${one}s`): string => `${count} ${count === 1 ? one : many}`;

/** Day and time as the browser's language writes them. `at` in milliseconds. */
export const whenText = (at: number): string => new Date(at).toLocaleString(undefined, { dateStyle: 'medium', timeStyle: 'short' });

/** One line that says how syncing stands. */
export const statusText = ({ state, pending, error }: Status): string => {
  const waiting = pending === 0 ? '' : ` · ${counted(pending, 'change')} only on this device`;
  if (state === 'syncing') return 'Syncing …';
  if (state === 'pending') return `${counted(pending, 'change')} to send`;
  if (state === 'offline') return `Offline${waiting}`;
  if (state === 'signed out') return `Signed out${waiting}`;
  if (state === 'error') return `Sync failed${waiting}`;
  return error === null ? 'Synced' : 'Synced, after an error';
};

/** A value of a field as a person can read it. */
export const valueText = (value: Json): string => {
  if (value === null || value === '') return 'Nothing';
  if (typeof value === 'boolean') return value ? 'Yes' : 'No';
  if (Array.isArray(value)) return value.length === 0 ? 'Nothing' : value.map(valueText).join(', ');
  if (!isJsonObject(value)) return String(value);
  return Object.entries(value)
    .map(([field, one]) => `${field}: ${valueText(one)}`)
    .join('; ');
};

const RULES: { readonly [rule: string]: string } = {
  last: 'The edit that arrived last stands.',
  newest: 'The edit with the later time stands.',
  newestBy: 'The edit with the later time stands.',
  max: 'The greatest value stands.',
  min: 'The least value stands.',
  set: 'What either side added or removed was combined.',
  map: 'The entries of both sides were combined.',
  list: 'The items of both sides were combined.',
  text: 'The lines of both sides were combined.',
  intervals: 'The times of both sides were combined.',
  deleteWins: 'A delete stands against an edit that had not seen it.',
  editWins: 'An edit stands against a delete that had not seen it.',
  refersTo: 'What it names is not there any more.',
  review: 'Nothing was decided: you choose.',
};

/** The rule that decided, as a sentence. */
export const ruleText = (rule: string): string => RULES[rule] ?? `Decided by the rule ${rule}.`;

/** How an app names things in the components; each has a default. */
export interface Naming {
  /** What a person calls a record; default: its title or name, else its id. */
  readonly record?: (collection: string, id: string, fields: { readonly [field: string]: Json } | undefined) => string;
  /** What a person calls a field; default: its own name. */
  readonly field?: (collection: string, field: string) => string;
  /** A field's value as text. */
  readonly value?: (collection: string, field: string, value: Json) => string;
  /** What a person calls another client, such as "the phone"; default: "another device". */
  readonly client?: (clientId: string) => string | undefined;
}

export const recordName = (
  { record }: Naming,
  collection: string,
  id: string,
  fields: { readonly [field: string]: Json } | undefined,
): string => {
  if (record !== undefined) return record(collection, id, fields);
  const named = [fields?.title, fields?.name].find((one) => typeof one === 'string' && one !== '');
  return typeof named === 'string' ? named : id;
};

export const fieldName = ({ field }: Naming, collection: string, name: string): string =>
  field?.(collection, name) ?? (name === WHOLE_RECORD ? 'Everything' : name);

export const fieldValue = ({ value }: Naming, { collection, field }: LocalConflict, shown: Json): string => {
  if (field === WHOLE_RECORD && shown === null) return 'Deleted';
  return value?.(collection, field, shown) ?? valueText(shown);
};
