import { isJsonObject, type JsonObject, type Query } from '@tidemark/protocol';
import type { Selection } from './list-request.ts';
import type { Resource } from './resource.ts';

/** A query that a declared index serves, and the conditions that are looked at on the way. */
export interface Step {
  readonly query: Query;
  readonly filter: JsonObject;
}

/** The declared index that ends with the field to sort by and begins with the most fields that have an equality. */
const bestIndex = ({ collection }: Resource, equals: ReadonlySet<string>, field: string): readonly string[] => {
  const fit = collection.indexes.filter((index) => index.at(-1) === field && index.slice(0, -1).every((one) => equals.has(one)));
  const [best] = [...fit].sort((a, b) => b.length - a.length);
  if (best === undefined) throw new Error(`${collection.name} is sorted by ${field} but declares no index that ends with it.`);
  return best;
};

/**
 * The queries that make up a list, one after the other: where records without the sort's field come last, these are a query
 * of their own.
 */
export const listSteps = (resource: Resource, { where, search, sort, order }: Selection): readonly Step[] => {
  const { field = '', missingLast = false } = resource.sorts[sort] ?? {};
  const equals = new Set(Object.keys(where).filter((name) => !isJsonObject(where[name])));
  const index = bestIndex(resource, equals, field);
  const step = (onField: JsonObject): Step => {
    const served: { [name: string]: JsonObject[string] } = { ...onField };
    const filter: { [name: string]: JsonObject[string] } = {};
    for (const [name, condition] of Object.entries(where)) {
      if (index.slice(0, -1).includes(name)) served[name] = condition;
      else if (name !== field) filter[name] = condition;
    }
    return { query: { where: served, orderBy: [[field, order]], ...(search === '' ? {} : { search }) }, filter };
  };
  const condition = where[field];
  if (condition !== undefined) return [step({ [field]: condition })];
  return missingLast ? [step({ [field]: { gt: null } }), step({ [field]: null })] : [step({})];
};
