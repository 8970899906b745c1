import type { StandardSchemaV1 } from '@standard-schema/spec';
import { last } from '../merge/last.ts';
import type { MergeRule } from '../merge/merge-rule.ts';
import type { FieldDefinition } from './definition.ts';

/** What a field's schema says of absence. */
export interface FieldTraits {
  /** The field may be absent from a record; null in a patch clears it. */
  readonly optional: boolean;
  /** null is a value of its own. */
  readonly nullable: boolean;
  /** The schema answers a value where none was given. */
  readonly fillsIn: boolean;
}

const known = new WeakMap<StandardSchemaV1, FieldTraits>();

/** Asks the schema once and remembers. */
export const fieldTraits = (field: FieldDefinition): FieldTraits => {
  const before = known.get(field.schema);
  if (before) return before;
  const absent = runSchema(field.schema, undefined);
  const traits = {
    optional: !absent.issues,
    nullable: !runSchema(field.schema, null).issues,
    fillsIn: !absent.issues && absent.value !== undefined,
  };
  known.set(field.schema, traits);
  return traits;
};

/** Runs a schema. Throws where it is asynchronous: a mutation is planned in one go, without waiting. */
export const runSchema = (schema: StandardSchemaV1, value: unknown): StandardSchemaV1.Result<unknown> => {
  const result = schema['~standard'].validate(value);
  if (result instanceof Promise) throw new Error('a field has an asynchronous schema; only synchronous ones can be used');
  return result;
};

const byArrival = last();

/** The rule a field is merged by: the declared one, else last(). */
export const mergeRuleOf = (field: FieldDefinition): MergeRule => field.merge ?? byArrival;
