export { decodeBase64Url } from './base64url.ts';
export { canonicalJson, jsonEqual, utf8Length } from './canonical.ts';
export { canonicalJsonAtAnyDepth } from './canonical-any-depth.ts';
export { checkJson } from './check-json.ts';
export { compositeId } from './composite-id.ts';
export { type Cursor, collectionsKey, decodeCursor, encodeCursor } from './cursor.ts';
export { addHash, digestText, hashText, type Lanes, recordHash, subtractHash } from './digest.ts';
export type { Env } from './env.ts';
export { ERRORS, type ErrorCode, type ErrorEntry, statusOf } from './errors/catalogue.ts';
export { isJsonObject, type Json, type JsonObject, type MutableJsonObject, readMember } from './json.ts';
export { checkId, type JsonFault, type JsonLimits, jsonFault } from './json-fault.ts';
export { CONFLICTS, GROUP_MUTATIONS_MAX, LIMITS, type Limits, SEQ_FIELD, WHOLE_RECORD } from './limits.ts';
export {
  counter,
  elapsedTime,
  type Interval,
  intervals,
  last,
  list,
  type MergeInput,
  type MergeOutcome,
  type MergeRule,
  type MergeSide,
  map,
  max,
  min,
  newest,
  newestBy,
  normalizeIntervals,
  once,
  orderBetween,
  review,
  set,
  text,
} from './merge/index.ts';
export { mutationContent, printedFields } from './messages/mutation-content.ts';
export { printCanonical, quoteJson } from './print-canonical.ts';
export { PROTOCOL_VERSION, PROTOCOL_VERSION_MIN } from './protocol-version.ts';
export { compareIndexValues, compareStrings, type IndexValue, toIndexValue } from './query/compare.ts';
export type { Condition, Query } from './query/query.ts';
export { runQuery, whereTest } from './query/run-query.ts';
export { matchesSearch, searchWords } from './query/search-words.ts';
export { faultText, ok, type Refusal, type Result, refuse } from './result.ts';
export { type CollectionInput, defineApp, defineCollection } from './schema/define.ts';
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
export { isOptional } from './schema/field-traits.ts';
export { arePlainFields } from './schema/plain-fields.ts';
export { takenAsIs } from './schema/taken-as-is.ts';
export { upcastFields } from './schema/upcast.ts';
export { upcastConflict, upcastConflictValue } from './schema/upcast-conflict.ts';
export { validateFields } from './schema/validate.ts';
