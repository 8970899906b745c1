import { isForbiddenKey } from '../json-fault.ts';
import { LIMITS, SEQ_FIELD } from '../limits.ts';
import type { AppDefinition, CollectionDefinition, Collections, Derive, FieldDefinition, FieldDefinitions, Upcast } from './definition.ts';
import { runSchema } from './field-traits.ts';

/** What defineCollection takes: a CollectionDefinition with its defaults left out. */
export interface CollectionInput<F extends FieldDefinitions> {
  readonly name: string;
  readonly fields: F;
  /** Default: deleteWins. */
  readonly onDelete?: 'deleteWins' | 'editWins';
  /** Default: none. The id is always an index. SEQ_FIELD stands for the time of the last change. */
  readonly indexes?: readonly (readonly ((keyof F & string) | typeof SEQ_FIELD)[])[];
  /** Default: none. */
  readonly search?: readonly (keyof F & string)[];
  /** Default and most: LIMITS.recordBytesMax. */
  readonly recordBytesMax?: number;
  readonly upcasts?: { readonly [fromVersion: number]: Upcast };
  readonly derive?: Derive;
}

const COLLECTION_NAME = /^[a-z][a-zA-Z0-9_-]*$/;
/** Narrow enough to stand in any storage's index expression as it is. */
const FIELD_NAME = /^[A-Za-z_][A-Za-z0-9_-]*$/;
const FIELD_NAME_LENGTH_MAX = 64;

/** Declares a collection. Throws an Error that says what is wrong with the definition: it is part of the program, not input. */
export const defineCollection = <const F extends FieldDefinitions>(input: CollectionInput<F>): CollectionDefinition<F> => {
  const { name, fields, indexes = [], search = [], recordBytesMax = LIMITS.recordBytesMax, upcasts = {}, derive } = input;
  const wrong = (sentence: string): never => {
    throw new Error(`collection ${name}: ${sentence}`);
  };
  if (!COLLECTION_NAME.test(name) || name.length > LIMITS.collectionNameLengthMax) {
    wrong(`a name is a lower-case letter, then letters, digits, _ and -, at most ${LIMITS.collectionNameLengthMax} characters`);
  }
  for (const [field, definition] of Object.entries(fields)) {
    const fault = faultOfField(field, definition, derive);
    if (fault !== undefined) wrong(`field ${field}: ${fault}`);
  }
  if (derive && !Object.values(fields).some((field) => field.derived)) wrong('it has a derive but no derived field');
  for (const field of [...indexes.flat(), ...search]) {
    if (field === SEQ_FIELD) continue;
    if (!Object.hasOwn(fields, field)) wrong(`an index or search names ${field}, which is not a field`);
  }
  if (indexes.some((index) => index.length === 0 || new Set(index).size < index.length)) {
    wrong('an index lists at least one field, and each once');
  }
  if (!Number.isInteger(recordBytesMax) || recordBytesMax < 1 || recordBytesMax > LIMITS.recordBytesMax) {
    wrong(`recordBytesMax is a whole number from 1 to ${LIMITS.recordBytesMax}`);
  }
  for (const from of Object.keys(upcasts)) {
    if (!/^[1-9][0-9]*$/.test(from)) wrong(`the up-caster ${from} is not named by the schemaVersion it starts from, from 1`);
  }
  const definition = { name, fields, onDelete: input.onDelete ?? 'deleteWins', indexes, search, recordBytesMax, upcasts };
  return derive ? { ...definition, derive } : definition;
};

const faultOfField = (name: string, definition: FieldDefinition, derive: Derive | undefined): string | undefined => {
  if (isForbiddenKey(name)) return 'this name is not possible';
  if (name === 'id') return 'a record has its id beside its fields';
  if (!FIELD_NAME.test(name) || name.length > FIELD_NAME_LENGTH_MAX) {
    return `a name is a letter or _, then letters, digits, _ and -, at most ${FIELD_NAME_LENGTH_MAX} characters`;
  }
  if (definition.derived) return derive ? undefined : 'it is derived, but the collection has no derive';
  const absent = runSchema(definition.schema, undefined);
  if (absent === undefined) return 'its schema is asynchronous, or throws on an absent value';
  if (absent.issues && definition.refersTo !== undefined) return 'its refersTo needs a schema that takes an absent value';
  if (absent.issues || absent.value === undefined) return undefined;
  return 'its schema has a default or catch. A put may leave fields out without clearing them, so name the value in the put';
};

/** Declares an app. `collections` is named by the collections' own names: `{ tasks }`. Throws as defineCollection does. */
export const defineApp = <const C extends Collections>(input: {
  readonly name: string;
  /** From 1. */
  readonly schemaVersion: number;
  readonly collections: C;
}): AppDefinition<C> => {
  const { name, schemaVersion, collections } = input;
  const wrong = (sentence: string): never => {
    throw new Error(`app ${name}: ${sentence}`);
  };
  if (!COLLECTION_NAME.test(name) || name.length > LIMITS.collectionNameLengthMax) {
    wrong(`a name is a lower-case letter, then letters, digits, _ and -, at most ${LIMITS.collectionNameLengthMax} characters`);
  }
  if (!Number.isSafeInteger(schemaVersion) || schemaVersion < 1) wrong('schemaVersion is a whole number from 1');
  for (const [key, collection] of Object.entries(collections)) {
    if (key !== collection.name) wrong(`the collection ${collection.name} stands under the name ${key}`);
    for (const [field, { refersTo = key }] of Object.entries(collection.fields)) {
      if (!Object.hasOwn(collections, refersTo)) wrong(`field ${field} of ${key} refers to ${refersTo}, which is no collection of it`);
    }
    for (const from of Object.keys(collection.upcasts)) {
      if (Number(from) >= schemaVersion) wrong(`the up-caster of ${key} from ${from} leads beyond schemaVersion ${schemaVersion}`);
    }
  }
  return { name, schemaVersion, collections };
};
