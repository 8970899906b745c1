import { isJsonObject, type Json, type JsonObject } from '../json.ts';
import { WHOLE_RECORD } from '../limits.ts';
import type { AppDefinition, CollectionDefinition } from './definition.ts';
import { upcastFields } from './upcast.ts';

/** The name that a field has now: an up-caster that renames it makes exactly one field out of it, beside those that it fills in. */
const nameNow = (app: AppDefinition, collection: CollectionDefinition, field: string, value: Json, from: number): string => {
  const raised = upcastFields(app, collection, { [field]: value }, from);
  const empty = upcastFields(app, collection, {}, from);
  if (!raised.ok || !empty.ok || Object.hasOwn(raised.value, field)) return field;
  const [name, ...others] = Object.keys(raised.value).filter((one) => !Object.hasOwn(empty.value, one));
  return name === undefined || others.length > 0 ? field : name;
};

/**
 * Brings a value that a conflict is about, written at schemaVersion `from`, to the app's own: of one field, or with '*' all fields of
 * a record (null: deleted). What no up-caster takes stays as it is.
 */
export const upcastConflictValue = (
  app: AppDefinition,
  collection: CollectionDefinition,
  about: { readonly field: string; readonly value: Json },
  from: number,
): { readonly field: string; readonly value: Json } => {
  const { field, value } = about;
  if (from === app.schemaVersion) return about;
  if (field === WHOLE_RECORD) {
    const raised = isJsonObject(value) ? upcastFields(app, collection, value, from) : undefined;
    return raised?.ok ? { field, value: raised.value } : about;
  }
  const raised = upcastFields(app, collection, { [field]: value }, from);
  const name = nameNow(app, collection, field, value, from);
  return raised.ok ? { field: name, value: raised.value[name] ?? value } : about;
};

/** Brings the fields of a record of $conflicts, stored at schemaVersion `from`, to the app's own: all values that it has kept. */
export const upcastConflict = (app: AppDefinition, fields: JsonObject, from: number): JsonObject => {
  const { collection: of, field, resolution } = fields;
  const collection = typeof of === 'string' && Object.hasOwn(app.collections, of) ? app.collections[of] : undefined;
  if (from === app.schemaVersion || collection === undefined || typeof field !== 'string') return fields;
  const now = (value: Json | undefined) => upcastConflictValue(app, collection, { field, value: value ?? null }, from);
  const [was, mine, theirs] = [now(fields.was), now(fields.mine), now(fields.theirs)];
  const name = [mine, theirs, was].find((one) => one.field !== field)?.field ?? field;
  const raised = { ...fields, field: name, was: was.value, mine: mine.value, theirs: theirs.value };
  return isJsonObject(resolution) ? { ...raised, resolution: { ...resolution, value: now(resolution.value).value } } : raised;
};
