import type { StandardSchemaV1 } from '@standard-schema/spec';
import { last } from '../merge/last.ts';
import type { MergeRule } from '../merge/merge-rule.ts';
import type { FieldDefinition } from './definition.ts';

/** What a field's schema says of absence. */
export interface FieldTraits {
  /** The field may be absent from a record; null in a patch clears it. */
  readonly optional: boolean;
  /** The schema answers a value where none was given. */
  readonly fillsIn: boolean;
}

const known = new WeakMap<StandardSchemaV1, FieldTraits>();

/** Asks the schema once and remembers. Throws where the schema is asynchronous, or itself throws on an absent value. */
export const fieldTraits = (field: FieldDefinition): FieldTraits => {
  const before = known.get(field.schema);
  if (before) return before;
  const absent = runSchema(field.schema, undefined);
  if (absent === undefined) throw new Error('its schema is asynchronous, or throws on an absent value');
  const traits = {
    optional: !absent.issues,
    fillsIn: !absent.issues && absent.value !== undefined,
  };
  known.set(field.schema, traits);
  return traits;
};

/** May the field be absent from a record (then null in a patch clears it)? */
export const isOptional = (field: FieldDefinition): boolean => fieldTraits(field).optional;

/**
 * Runs a schema. Undefined where it cannot judge the value: it throws on it, or answers a promise. zod answers one
 * whenever it fails inside, which crafted values can bring about (a text field given { length: { toString: null } }); if
 * nobody took its rejection, that would end the process.
 */
export const runSchema = (schema: StandardSchemaV1, value: unknown): StandardSchemaV1.Result<unknown> | undefined => {
  try {
    const result = schema['~standard'].validate(value);
    if (!(result instanceof Promise)) return result;
    result.catch(() => undefined);
    return undefined;
  } catch {
    return undefined;
  }
};

const byArrival = last();

/** The rule a field is merged by: the declared one, else last(). */
export const mergeRuleOf = (field: FieldDefinition): MergeRule => field.merge ?? byArrival;
