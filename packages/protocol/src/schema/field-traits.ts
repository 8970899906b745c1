import type { StandardSchemaV1 } from '@standard-schema/spec';
import type { FieldDefinition } from './definition.ts';

const known = new WeakMap<StandardSchemaV1, boolean>();

/** May the field be absent from a record (then null in a patch clears it)? Its schema is asked once. */
export const isOptional = ({ schema }: FieldDefinition): boolean => {
  const answer = known.get(schema) ?? runSchema(schema, undefined)?.issues === undefined;
  known.set(schema, answer);
  return answer;
};

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
  } catch {
    // Throwing is no judgement either.
  }
  return undefined;
};
