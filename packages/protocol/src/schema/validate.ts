import type { StandardSchemaV1 } from '@standard-schema/spec';

import { isJsonObject, type Json, type JsonObject, type MutableJsonObject } from '../json.ts';
import { isPlainObject, jsonFault } from '../json-fault.ts';
import { ok, type Result, refuse } from '../result.ts';
import type { CollectionDefinition } from './definition.ts';
import { isOptional, runSchema } from './field-traits.ts';

const ISSUES_MAX = 20;

/** One thing wrong. `path` begins with the field: `intervals.3.start`. */
type Issue = { readonly path: string; readonly message: string };

/**
 * Checks the fields of a mutation against the collection and answers them as the schemas normalise them.
 * put: each required field must be there. patch: null clears an optional field and stays in the answer. A derived
 * field may always be absent. Refused with VALIDATION_FAILED; details.issues is a list of { path, message }, at most 20.
 */
export const validateFields = (collection: CollectionDefinition, fields: JsonObject, mode: 'put' | 'patch'): Result<JsonObject> => {
  const issues: Issue[] = [];
  const valid: MutableJsonObject = {};
  for (const [name, value] of Object.entries(fields)) {
    const field = Object.hasOwn(collection.fields, name) ? collection.fields[name] : undefined;
    if (field === undefined) issues.push({ path: name, message: `${collection.name} has no such field` });
    else if (value === null && mode === 'patch' && isOptional(field)) valid[name] = null;
    else {
      const result = runSchema(field.schema, value) ?? UNJUDGED;
      if (result.issues) issues.push(...result.issues.map((issue) => ({ path: pathOf(name, issue), message: issue.message })));
      else if (result.value !== undefined) valid[name] = toJson(result.value, name);
    }
  }
  for (const [name, field] of mode === 'put' ? Object.entries(collection.fields) : []) {
    if (!Object.hasOwn(fields, name) && !field.derived && !isOptional(field)) issues.push({ path: name, message: 'is required' });
  }
  const first = issues[0];
  if (first === undefined) return ok(valid);
  return refuse('VALIDATION_FAILED', `${first.path}: ${first.message}`, { issues: issues.slice(0, ISSUES_MAX) });
};

const UNJUDGED: StandardSchemaV1.Result<unknown> = { issues: [{ message: 'its schema cannot judge this value' }] };

const pathOf = (field: string, issue: StandardSchemaV1.Issue): string =>
  [field, ...(issue.path ?? []).map((part) => String(typeof part === 'object' ? part.key : part))].join('.');

/** The answer of a schema without members that are undefined. Throws where it is not JSON: then the definition is wrong. */
const toJson = (value: unknown, field: string): Json => {
  if (isJson(value)) return value;
  if (Array.isArray(value)) return value.map((item) => toJson(item, field));
  if (!isJsonObject(value) || !isPlainObject(value)) throw new Error(`the schema of ${field} answers what is not JSON`);
  const members = Object.entries(value).filter(([, child]) => child !== undefined);
  return Object.fromEntries(members.map(([key, child]) => [key, toJson(child, field)]));
};

/** Is it JSON that every storage keeps as it is? */
export const isJson = (value: unknown): value is Json =>
  typeof value === 'string' || Number.isFinite(value) || jsonFault(value) === undefined;
