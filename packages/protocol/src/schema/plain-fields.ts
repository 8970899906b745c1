import { jsonEqual } from '../canonical.ts';
import type { Json, JsonObject } from '../json.ts';
import type { CollectionDefinition, FieldDefinition } from './definition.ts';
import { isOptional, runSchema } from './field-traits.ts';
import { takenAsIs } from './taken-as-is.ts';
import { isJson } from './validate.ts';

interface Fields {
  readonly tests: ReadonlyMap<string, (value: Json) => boolean>;
  /** Of a put. */
  readonly required: readonly string[];
}

const known = new WeakMap<CollectionDefinition, Fields>();

const testOf = ({ schema }: FieldDefinition): ((value: Json) => boolean) => {
  const ask = (value: Json): boolean => {
    const result = runSchema(schema, value);
    return result !== undefined && result.issues === undefined && isJson(result.value) && jsonEqual(result.value, value);
  };
  return takenAsIs(schema) ?? ask;
};

const fieldsOf = (collection: CollectionDefinition): Fields => {
  const found = known.get(collection);
  if (found !== undefined) return found;
  const all = Object.entries(collection.fields);
  const fields = {
    tests: new Map(all.map(([name, field]) => [name, testOf(field)])),
    required: all.filter(([, field]) => !field.derived && !isOptional(field)).map(([name]) => name),
  };
  known.set(collection, fields);
  return fields;
};

/**
 * Are these fields, JSON that checkJson takes, what validateFields would answer for them as they are? At a tenth of its cost where
 * the schemas are plain (see takenAsIs). False says nothing yet: ask validateFields, which also words what is wrong.
 */
export const arePlainFields = (collection: CollectionDefinition, fields: JsonObject, mode: 'put' | 'patch'): boolean => {
  const { tests, required } = fieldsOf(collection);
  for (const name in fields) {
    const value = fields[name];
    const takes = tests.get(name);
    if (takes === undefined || value === undefined || !takes(value)) return false;
  }
  return mode === 'patch' || required.every((name) => Object.hasOwn(fields, name));
};
