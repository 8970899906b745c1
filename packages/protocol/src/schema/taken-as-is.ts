import type { StandardSchemaV1 } from '@standard-schema/spec';

import { jsonEqual } from '../canonical.ts';
import { isJson } from './validate.ts';

type TakesAsIs = (value: unknown) => boolean;

export interface TakenObjects {
  /** May an object have members that its schema does not name, and so would leave out? Yes where nobody reads them. Default: no. */
  readonly othersAllowed?: boolean;
}

/**
 * What a zod schema takes without changing it, at a tenth of the cost of asking it: texts, numbers, booleans, choices, and lists and
 * objects of them, with bounds, patterns, refinements and transformations (which are asked: pure ones, as everywhere). Undefined for
 * other schemas, such as those with a default. True: the schema takes the value and answers it as it is. False says nothing yet: ask the
 * schema. JSON only: an `undefined` inside is never taken. For servers; a browser is spared it. `objects` is about the outermost object.
 */
export const takenAsIs = <T>(
  schema: StandardSchemaV1<unknown, T>,
  objects: TakenObjects = {},
): ((value: unknown) => value is T) | undefined => {
  const test = tryCompile(schema, objects);
  if (test === undefined) return undefined;
  return (value): value is T => {
    try {
      return test(value);
    } catch {
      // A refinement that fails on a value made for it: the schema words that.
      return false;
    }
  };
};

const memberOf = (of: unknown, name: string): unknown => (typeof of === 'object' && of !== null ? Reflect.get(of, name) : undefined);
const listOf = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : []);
// Where the library keeps what a schema or a check was made of: https://zod.dev/packages/core
const defOf = (made: unknown): unknown => memberOf(memberOf(made, '_zod'), 'def');

/** Both, or undefined where one of them is not known. */
const both = (first: TakesAsIs | undefined, then: TakesAsIs | undefined): TakesAsIs | undefined =>
  first && then && ((value) => first(value) && then(value));

const NEVER: TakesAsIs = () => false;

const isPrimitive = (value: unknown): boolean => value === null || typeof value !== 'object';

/** Parts of a schema that are looked at. One that holds itself has no end: what is beyond is left to zod. */
const PARTS_MAX = 500;

const tryCompile = (schema: unknown, objects: TakenObjects): TakesAsIs | undefined => {
  let left = PARTS_MAX;
  const compile: Compile = (part, ofPart = {}) => {
    left -= 1;
    const def = defOf(part);
    if (left < 0 || memberOf(def, 'coerce') === true) return undefined;
    const type = KINDS.get(String(memberOf(def, 'type')))?.(def, compile, ofPart);
    // A format, such as that of z.int(), is a check that is a schema by itself.
    const format = memberOf(def, 'check') === undefined ? () => true : checkOf(def);
    return listOf(memberOf(def, 'checks')).reduce<TakesAsIs | undefined>(
      (test, check) => both(test, checkOf(defOf(check))),
      both(type, format),
    );
  };
  try {
    return compile(schema, objects);
  } catch {
    // Members of an object may be worked out by the program itself.
    return undefined;
  }
};

type Compile = (part: unknown, objects?: TakenObjects) => TakesAsIs | undefined;
type Kind = (def: unknown, compile: Compile, objects: TakenObjects) => TakesAsIs | undefined;

const innerOf = (def: unknown): unknown => memberOf(def, 'innerType');

const KINDS: ReadonlyMap<string, Kind> = new Map<string, Kind>([
  ['string', () => (value) => typeof value === 'string'],
  ['number', () => (value) => Number.isFinite(value)],
  ['boolean', () => (value) => typeof value === 'boolean'],
  ['enum', (def) => choice(Object.values(memberOf(def, 'entries') ?? {}))],
  ['literal', (def) => oneOf(listOf(memberOf(def, 'values')))],
  ['optional', (def, compile) => compile(innerOf(def))],
  ['nullable', (def, compile) => orNull(compile(innerOf(def)))],
  ['union', (def, compile) => anyOf(def, compile)],
  ['array', (def, compile) => everyOf(compile(memberOf(def, 'element')))],
  ['object', (def, compile, objects) => objectOf(def, compile, objects)],
  ['pipe', (def, compile) => piped(def, compile)],
  ['transform', (def) => unchangedBy(memberOf(def, 'transform'))],
]);

/** One after the other. A codec is another kind of pipe. */
const piped = (def: unknown, compile: Compile): TakesAsIs | undefined =>
  memberOf(def, 'transform') === undefined ? both(compile(memberOf(def, 'in')), compile(memberOf(def, 'out'))) : undefined;

/** An enum of numbers, as TypeScript makes them, also lists their names. */
const choice = (values: readonly unknown[]): TakesAsIs | undefined =>
  values.every((value) => typeof value === 'string') ? oneOf(values) : undefined;

const oneOf = (values: readonly unknown[]): TakesAsIs => {
  const known = new Set(values.filter((value) => value !== undefined && isPrimitive(value)));
  return (value) => known.has(value);
};

const orNull = (test: TakesAsIs | undefined): TakesAsIs | undefined => test && ((value) => value === null || test(value));

/** What answers each value it takes as it is, so that it does not matter which option takes a value. */
const PLAIN = new Set(['string', 'number', 'boolean', 'enum', 'literal']);
/** Their values may come from an earlier option with other parts, and are left to zod. */
const WITH_PARTS = new Set(['array', 'object', 'record']);

const optionOf = (option: unknown, compile: Compile): TakesAsIs | undefined => {
  const type = String(memberOf(defOf(option), 'type'));
  if (WITH_PARTS.has(type)) return NEVER;
  return PLAIN.has(type) ? compile(option) : undefined;
};

const anyOf = (def: unknown, compile: Compile): TakesAsIs | undefined => {
  const options = listOf(memberOf(def, 'options')).map((option) => optionOf(option, compile));
  const known = options.filter((option) => option !== undefined);
  // One that is not inclusive takes what exactly one option does.
  if (known.length < options.length || memberOf(def, 'inclusive') === false) return undefined;
  return (value) => known.some((takes) => takes(value));
};

const everyOf = (test: TakesAsIs | undefined): TakesAsIs | undefined => test && ((value) => Array.isArray(value) && value.every(test));

/** A transformation may change what it is given, which here is the very value that is to be kept: it is given a copy. */
const unchangedBy = (transform: unknown): TakesAsIs | undefined => {
  if (typeof transform !== 'function') return undefined;
  return (value) => {
    const made: unknown = transform(copyOf(value));
    return isJson(value) && isJson(made) && jsonEqual(made, value);
  };
};

const copyOf = (value: unknown): unknown => {
  if (isPrimitive(value)) return value;
  if (Array.isArray(value)) return value.map(copyOf);
  return Object.fromEntries(Object.entries(Object(value)).map(([name, member]) => [name, copyOf(member)]));
};

const isOptionalSchema = (schema: unknown): boolean => memberOf(defOf(schema), 'type') === 'optional';

const objectOf = (def: unknown, compile: Compile, { othersAllowed = false }: TakenObjects): TakesAsIs | undefined => {
  const shape = Object.entries(memberOf(def, 'shape') ?? {});
  const members = new Map<string, TakesAsIs>();
  for (const [name, schema] of shape) {
    const test = compile(schema);
    if (test === undefined && !isOptionalSchema(schema)) return undefined;
    members.set(name, test ?? NEVER);
  }
  const catchall = memberOf(def, 'catchall');
  if (catchall !== undefined && memberOf(defOf(catchall), 'type') !== 'never') return undefined;
  const required = shape.filter(([, schema]) => !isOptionalSchema(schema)).map(([name]) => name);
  return (value) => {
    if (typeof value !== 'object' || value === null || Array.isArray(value)) return false;
    for (const name in value) {
      const takes = members.get(name);
      if (takes === undefined ? !othersAllowed : !takes(Reflect.get(value, name))) return false;
    }
    return required.every((name) => Object.hasOwn(value, name));
  };
};

/** The length of a list or of a text without surrogates, of which some count code points and some UTF-16 units; NaN for the rest. */
const lengthOf = (value: unknown): number =>
  Array.isArray(value) || (typeof value === 'string' && !/[\ud800-\udfff]/.test(value)) ? value.length : Number.NaN;

const isLong = (value: unknown, least: number): boolean =>
  (typeof value === 'string' && value.length >= 2 * least) || lengthOf(value) >= least;

const isShort = (value: unknown, most: number): boolean => (typeof value === 'string' ? value.length : lengthOf(value)) <= most;

const checkOf = (def: unknown): TakesAsIs | undefined => CHECKS.get(String(memberOf(def, 'check')))?.(def);

const CHECKS: ReadonlyMap<string, (def: unknown) => TakesAsIs | undefined> = new Map([
  ['min_length', (def: unknown) => bound(memberOf(def, 'minimum'), (least) => (value) => isLong(value, least))],
  ['max_length', (def: unknown) => bound(memberOf(def, 'maximum'), (most) => (value) => isShort(value, most))],
  ['length_equals', (def: unknown) => bound(memberOf(def, 'length'), (length) => (value) => lengthOf(value) === length)],
  ['greater_than', (def: unknown) => bound(memberOf(def, 'value'), (least) => above(least, memberOf(def, 'inclusive') === true))],
  ['less_than', (def: unknown) => bound(memberOf(def, 'value'), (most) => below(most, memberOf(def, 'inclusive') === true))],
  [
    'number_format',
    (def: unknown) => (memberOf(def, 'format') === 'safeint' ? (value: unknown) => Number.isSafeInteger(value) : undefined),
  ],
  ['string_format', (def: unknown) => matching(memberOf(def, 'format'), memberOf(def, 'pattern'))],
  ['custom', (def: unknown) => refined(memberOf(def, 'fn'))],
]);

const bound = (limit: unknown, test: (limit: number) => TakesAsIs): TakesAsIs | undefined =>
  typeof limit === 'number' ? test(limit) : undefined;

const above =
  (least: number, inclusive: boolean): TakesAsIs =>
  (value) =>
    typeof value === 'number' && (inclusive ? value >= least : value > least);

const below =
  (most: number, inclusive: boolean): TakesAsIs =>
  (value) =>
    typeof value === 'number' && (inclusive ? value <= most : value < most);

/** Formats that are their pattern and nothing beside it. */
const PATTERNS: ReadonlySet<unknown> = new Set(['regex', 'uuid', 'date', 'datetime']);

const matching = (format: unknown, pattern: unknown): TakesAsIs | undefined => {
  if (!PATTERNS.has(format) || !(pattern instanceof RegExp) || pattern.global || pattern.sticky) return undefined;
  return (value) => typeof value === 'string' && pattern.test(value);
};

const refined = (fn: unknown): TakesAsIs | undefined => (typeof fn === 'function' ? (value) => fn(value) === true : undefined);
