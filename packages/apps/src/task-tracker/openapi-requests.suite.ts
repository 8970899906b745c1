import { Validator } from '@seriousme/openapi-schema-validator';
import { isJsonObject, type Json, type JsonObject } from '@tidemark/protocol';
import fc from 'fast-check';
import { expect } from 'vitest';

// Requests made from the OpenAPI file of a server.

export const asObject = (value: unknown): JsonObject => (isJsonObject(value) ? value : {});
export const asList = (value: unknown): readonly Json[] => (Array.isArray(value) ? value : []);

/** Values for members of bodies whose schema leaves open what they take, by name. */
export type Hints = { readonly [member: string]: fc.Arbitrary<Json> };

/** One request to some route. */
export interface MadeRequest {
  readonly method: string;
  readonly path: string;
  readonly query: [string, string][];
  readonly headers: [string, string][];
  readonly body: Json | undefined;
}

const NATIVE_TAG = 'native';

/** What the file says of a route. */
interface Described {
  readonly path: string;
  readonly method: string;
  readonly endpoint: JsonObject;
}

/** All routes of a file; with `native` those that every app has too. */
const describedIn = (file: JsonObject, native: boolean): readonly Described[] =>
  Object.entries(asObject(file.paths))
    .flatMap(([path, methods]) => Object.entries(asObject(methods)).map(([method, one]) => ({ path, method, endpoint: asObject(one) })))
    .filter(({ endpoint }) => native || !asList(endpoint.tags).includes(NATIVE_TAG));

/** `get /tasks`: the routes of a file without, or only, those that every app has. */
export const ownRoutesOf = (file: JsonObject): string[] => describedIn(file, false).map(({ method, path }) => `${method} ${path}`);
export const nativeRoutesOf = (file: JsonObject): string[] => {
  const own = new Set(ownRoutesOf(file));
  return describedIn(file, true)
    .map(({ method, path }) => `${method} ${path}`)
    .filter((route) => !own.has(route));
};

/** A live stream has no end to wait for. */
const ends = ({ endpoint }: Described): boolean =>
  !Object.hasOwn(asObject(asObject(asObject(endpoint.responses)['200']).content), 'text/event-stream');

const asText = (value: Json): string => (typeof value === 'string' ? value : JSON.stringify(value));

/** Values for a schema of the file: mostly such as fit, some that do not. */
const valuesFor = (schema: JsonObject, hints: Hints): fc.Arbitrary<Json> => {
  const hostile = fc.oneof(fc.constantFrom<Json>(null, '', 'x'.repeat(300), '\u0000', [], {}, -1, 1e21, { toString: null }), fc.string());
  return fc.oneof({ weight: 5, arbitrary: fitting(schema, hints) }, { weight: 1, arbitrary: hostile });
};

const fitting = (schema: JsonObject, hints: Hints): fc.Arbitrary<Json> => {
  const { enum: values, const: only, anyOf, type, format, items, properties } = schema;
  if (values !== undefined) return fc.constantFrom(...asList(values));
  if (only !== undefined) return fc.constant(only);
  if (anyOf !== undefined) return fc.oneof(...asList(anyOf).map((one) => valuesFor(asObject(one), hints)));
  const kind = Array.isArray(type) ? type[0] : type;
  if (kind === 'object') {
    const members = Object.entries(asObject(properties)).map(([name, one]) => [name, hints[name] ?? valuesFor(asObject(one), hints)]);
    return fc.record(Object.fromEntries(members), { requiredKeys: [] }).map((value): Json => JSON.parse(JSON.stringify(value)));
  }
  if (kind === 'array') return fc.array(valuesFor(asObject(items), hints), { maxLength: 4 });
  if (kind === 'boolean') return fc.boolean();
  if (kind === 'integer' || kind === 'number') return fc.integer({ min: -1, max: 300 });
  if (format === 'uuid') return fc.uuid();
  if (format === 'date-time') return fc.date({ noInvalidDate: true }).map((date) => date.toISOString());
  return fc.string({ unit: 'binary', maxLength: 250 });
};

/** Requests to the app's own routes of the file, with `native` to all that end; `ids` stand in the place of an id, beside others. */
export const requestsFrom = (
  file: JsonObject,
  ids: readonly string[],
  hints: Hints = {},
  { native = false }: { readonly native?: boolean } = {},
): fc.Arbitrary<MadeRequest> =>
  fc.constantFrom(...describedIn(file, native).filter(ends)).chain(({ path, method, endpoint }) => {
    const named = (where: string) =>
      asList(endpoint.parameters)
        .map(asObject)
        .filter((one) => one.in === where);
    const texts = (where: string) =>
      fc
        .record(Object.fromEntries(named(where).map((one) => [String(one.name), valuesFor(asObject(one.schema), hints).map(asText)])), {
          requiredKeys: [],
        })
        .map((given) => Object.entries(given).flatMap(([name, value]): [string, string][] => (value === undefined ? [] : [[name, value]])));
    const body = asObject(asObject(asObject(asObject(endpoint.requestBody).content)['application/json']).schema);
    return fc.record({
      method: fc.constant(method.toUpperCase()),
      path: fc
        .oneof(...ids.map((id) => fc.constant(id)), fc.string())
        .map((id) => path.replace(/\{\w+\}/, encodeURIComponent(id) || '%20')),
      query: texts('query'),
      headers: texts('header'),
      body: endpoint.requestBody === undefined ? fc.constant(undefined) : valuesFor(body, hints),
    });
  });

/** The app's own routes, in order. Fails where an independent validator does not read the file as OpenAPI 3.1. */
export const soundRoutesOf = async (file: JsonObject): Promise<readonly string[]> => {
  const result = await new Validator().validate(JSON.parse(JSON.stringify(file)));
  expect(result.errors ?? []).toEqual([]);
  expect(result.valid).toBe(true);
  return [...ownRoutesOf(file)].sort();
};
