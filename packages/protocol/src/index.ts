export type { Env } from './env.ts';
export { ERRORS, type ErrorCode, type ErrorEntry, statusOf } from './errors/catalogue.ts';
export { isJsonObject, type Json, type JsonObject, type MutableJsonObject } from './json.ts';
export { CONFLICTS, LIMITS, type Limits, WHOLE_RECORD } from './limits.ts';
export type { MergeInput, MergeOutcome, MergeRule, MergeSide } from './merge/merge-rule.ts';
export { PROTOCOL_VERSION, PROTOCOL_VERSION_MIN } from './protocol-version.ts';
export type { Condition, Query } from './query/query.ts';
export { ok, type Refusal, type Result, refuse } from './result.ts';
export type {
  AnyFields,
  AppDefinition,
  CollectionDefinition,
  Collections,
  Derive,
  FieldDefinition,
  FieldDefinitions,
  FieldsOf,
  PatchOf,
  RecordOf,
  Upcast,
} from './schema/definition.ts';
