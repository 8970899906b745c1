import { isJsonObject, type Json, type JsonObject } from '../json.ts';
import { WHOLE_RECORD } from '../limits.ts';
import type { AppDefinition, CollectionDefinition } from './definition.ts';
import { upcastFields } from './upcast.ts';

/**
 * Brings a value that a conflict is about, written at schemaVersion `from`, to the app's own: of one field, or with '*' all fields of
 * a record (null: deleted). Answers it with the field's name, which an up-caster may have changed. What none takes stays as it is.
 */
export const upcastConflictValue = (
  app: AppDefinition,
  collection: CollectionDefinition,
  field: string,
  value: Json,
  from: number,
): readonly [field: string, value: Json] => {
  const isWhole = field === WHOLE_RECORD;
  const fieldsNow = (fields: Json): JsonObject => {
    const raised = isJsonObject(fields) ? upcastFields(app, collection, fields, from) : undefined;
    return raised?.ok ? raised.value : {};
  };
  const now = fieldsNow(isWhole ? value : { [field]: value });
  if (isWhole) return [field, isJsonObject(value) && Object.keys(now).length > 0 ? now : value];
  // Of a field that was renamed only the new name is there, beside those that an up-caster fills in anyway.
  const filledIn = fieldsNow({});
  const name = field in now ? field : (Object.keys(now).find((one) => !(one in filledIn)) ?? field);
  return [name, now[name] ?? value];
};

/** Brings the fields of a record of $conflicts, stored at schemaVersion `from`, to the app's own: all values that it has kept. */
export const upcastConflict = (app: AppDefinition, fields: JsonObject, from: number): JsonObject => {
  const { collection, field, resolution } = fields;
  const definition = app.collections[String(collection)];
  if (from === app.schemaVersion || definition === undefined) return fields;
  const now = (value: Json = null): readonly [string, Json] => upcastConflictValue(app, definition, String(field), value, from);
  const [, was] = now(fields.was);
  const [name, mine] = now(fields.mine);
  const [, theirs] = now(fields.theirs);
  const raised = { ...fields, field: name, was, mine, theirs };
  return isJsonObject(resolution) ? { ...raised, resolution: { ...resolution, value: now(resolution.value)[1] } } : raised;
};
