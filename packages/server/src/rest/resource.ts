import { type CollectionDefinition, isOptional, type JsonObject } from '@tidemark/protocol';
import * as z from 'zod';

/** A query parameter of a list and the conditions it stands for. */
export interface Filter {
  readonly schema: z.ZodType<string>;
  /** Conditions as in a query's `where`. `gt: null` leaves out what lacks the field. */
  readonly where: (value: string) => JsonObject;
}

/** What a list can be sorted by: a declared index ends with `field`. */
export interface Sort {
  readonly field: string;
  /** Records without the field come after all others, in either order. */
  readonly missingLast?: boolean;
}

/** How a collection shows itself over HTTP. */
export interface Resource {
  /** Singular; names the schema in the spec. */
  readonly name: string;
  /** `/tasks`. */
  readonly path: string;
  readonly collection: CollectionDefinition;
  /** The record's id on the wire. */
  readonly idName: string;
  /** Fields that only the server writes, at a create: `createdAt`. */
  readonly onCreate: (time: string) => JsonObject;
  /** What a create fills in where the body leaves it out. */
  readonly defaults?: JsonObject;
  readonly filters: { readonly [parameter: string]: Filter };
  /** By the name a caller gives; the first is the default. */
  readonly sorts: { readonly [name: string]: Sort };
}

/** The schemas of a resource, all made from the fields of its collection. */
export interface ResourceSchemas {
  readonly item: z.ZodObject;
  readonly create: z.ZodObject;
  readonly change: z.ZodObject;
}

const zodOf = (collection: CollectionDefinition, field: string): z.ZodType => {
  const schema = collection.fields[field]?.schema;
  if (!(schema instanceof z.ZodType)) throw new Error(`Field ${field} of ${collection.name} needs a zod schema to be served over HTTP.`);
  return schema;
};

/** `userId` is read over: the owner follows from the token alone. */
const IGNORED = { userId: z.unknown().optional() };
const time = z.iso.datetime().describe('UTC');

/** Names of the fields that callers may write. */
export const writableFields = ({ collection, onCreate }: Resource): string[] => {
  const byServer = onCreate('');
  return Object.keys(collection.fields).filter((field) => collection.fields[field]?.derived !== true && !(field in byServer));
};

/** The schemas that validate bodies and describe answers. */
export const schemasOf = (resource: Resource): ResourceSchemas => {
  const { collection, idName, defaults = {}, onCreate, name } = resource;
  const writable = writableFields(resource);
  const shape = (make: (field: string, schema: z.ZodType) => z.ZodType) =>
    Object.fromEntries(writable.map((field) => [field, make(field, zodOf(collection, field))]));
  const isFree = (field: string) => {
    const definition = collection.fields[field];
    return definition !== undefined && isOptional(definition);
  };
  const byServer = Object.fromEntries(Object.keys(onCreate('')).map((field) => [field, zodOf(collection, field)]));
  const id = z.string().min(1).max(128);
  const version = z.int().min(1);
  const title = `${name[0]?.toUpperCase()}${name.slice(1)}`;
  return {
    item: z.object({ [idName]: id, ...shape((_, schema) => schema), ...byServer, updatedAt: time, version }).meta({ id: title }),
    create: z.strictObject({ ...shape((field, schema) => (field in defaults ? schema.optional() : schema)), ...IGNORED }),
    change: z.strictObject({
      ...shape((field, schema) => (isFree(field) ? schema.nullable().optional() : schema.optional())),
      version: version.optional().describe('The version this change is based on; another one is refused with VERSION_CONFLICT.'),
      [idName]: id.optional(),
      ...Object.fromEntries(Object.keys(byServer).map((field) => [field, z.unknown().optional()])),
      updatedAt: z.unknown().optional(),
      ...IGNORED,
    }),
  };
};

/** The part of a body that a caller writes. */
export const writtenFields = (resource: Resource, body: object): JsonObject => {
  const given = new Map<string, JsonObject[string]>(Object.entries(body));
  const fields: { [name: string]: JsonObject[string] } = {};
  for (const name of writableFields(resource)) {
    const value = given.get(name);
    if (value !== undefined) fields[name] = value;
  }
  return fields;
};
