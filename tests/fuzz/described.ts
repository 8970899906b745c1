import { isJsonObject, type Json, type JsonObject } from '@tidemark/protocol';
import fc from 'fast-check';
import { fromJsonSchema, type Hints } from './json-arbitrary.ts';
import type { RouteShape } from './routes.ts';

/** The member at a path of members; an empty object where there is none. */
const at = (value: Json | undefined, ...path: readonly string[]): JsonObject => {
  let now = value;
  for (const step of path) now = isJsonObject(now) && Object.hasOwn(now, step) ? now[step] : undefined;
  return isJsonObject(now) ? now : {};
};

/** A schema with the schemas it refers to put in their places. */
const inlined = (schema: Json, document: JsonObject, depth = 0): Json => {
  if (Array.isArray(schema)) return schema.map((item) => inlined(item, document, depth));
  if (!isJsonObject(schema) || depth > 8) return schema;
  if (typeof schema.$ref === 'string') return inlined(at(document, ...schema.$ref.replace('#/', '').split('/')), document, depth + 1);
  return Object.fromEntries(Object.entries(schema).map(([name, member]) => [name, inlined(member, document, depth + 1)]));
};

const textOf = (value: Json): string => (typeof value === 'string' ? value : JSON.stringify(value));

const parametersOf = (operation: JsonObject, place: string, document: JsonObject, hints: Hints) => {
  const all = Array.isArray(operation.parameters) ? operation.parameters.filter(isJsonObject) : [];
  const here = all.filter((one) => one.in === place);
  return Object.fromEntries(
    here.map((one) => {
      const schema = inlined(at(one, 'schema'), document);
      const likely = hints[textOf(one.name ?? '')] ?? fromJsonSchema(isJsonObject(schema) ? schema : {}, hints);
      return [textOf(one.name ?? ''), likely.map(textOf)];
    }),
  );
};

const tags = fc.constantFrom('"1"', '"2"', 'W/"1"', '*', '"1", "2"', '"');
const LIKELY_HEADERS: Hints = {
  'if-match': tags,
  'if-none-match': tags,
  'idempotency-key': fc.constantFrom('k1', 'k2', 'k3'),
};

/** The shapes of the routes that an app describes in its own OpenAPI document. */
export const shapesDescribed = (document: JsonObject, hints: Hints): { readonly [route: string]: RouteShape } => {
  const shapes: { [route: string]: RouteShape } = {};
  for (const path of Object.keys(at(document, 'paths'))) {
    for (const method of Object.keys(at(document, 'paths', path))) {
      const operation = at(document, 'paths', path, method);
      const schema = inlined(at(operation, 'requestBody', 'content', 'application/json', 'schema'), document);
      const body: { body?: fc.Arbitrary<Json> } =
        Object.keys(at(operation, 'requestBody')).length > 0 && isJsonObject(schema) ? { body: fromJsonSchema(schema, hints) } : {};
      shapes[`${method.toUpperCase()} ${path.replace(/\{(\w+)\}/g, ':$1')}`] = {
        ...body,
        query: parametersOf(operation, 'query', document, hints),
        path: parametersOf(operation, 'path', document, { ...hints, id: fc.constantFrom('no-record', 't1') }),
        headers: parametersOf(operation, 'header', document, { ...hints, ...LIKELY_HEADERS }),
      };
    }
  }
  return shapes;
};
