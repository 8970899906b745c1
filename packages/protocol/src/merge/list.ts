import { jsonEqual } from '../canonical.ts';
import { isJsonObject, type Json, type JsonObject } from '../json.ts';
import { compareStrings } from '../query/compare.ts';
import { last } from './last.ts';
import type { MergeInput, MergeOutcome, MergeRule } from './merge-rule.ts';
import { combiningRule, isAbsent, isJsonArray, memberOf, oneSided } from './three-way.ts';
import { dropBoth, mergeByKey, withValues } from './three-way-by-key.ts';

type Items = ReadonlyMap<string, JsonObject>;
type Dropped = MergeOutcome['dropped'];

export interface ListOptions {
  /** Rules of the fields of an item; `last` where none is named. A rule that looks at the record is given the item. */
  readonly fields?: { readonly [field: string]: MergeRule };
  /** The field of an item that holds its fractional index (see orderBetween). Default 'order'. */
  readonly orderBy?: string;
}

/** The items by id, in their order; undefined for anything else, also where two items share an id. */
const readItems = (value: Json | undefined): Items | undefined => {
  if (isAbsent(value)) return new Map();
  if (!isJsonArray(value)) return undefined;
  const items = new Map<string, JsonObject>();
  for (const item of value) {
    const id = isJsonObject(item) ? memberOf(item, 'id') : undefined;
    if (!isJsonObject(item) || typeof id !== 'string' || items.has(id)) return undefined;
    items.set(id, item);
  }
  return items;
};

/** Of an item that one side lacks: it stays if the other side added or changed it; a change keeps it against its removal. */
const mergeMissing = (was: JsonObject | undefined, there: JsonObject, remover: Dropped): { item?: JsonObject; dropped: Dropped } => {
  if (was === undefined) return { item: there, dropped: 'none' };
  return jsonEqual(was, there) ? { dropped: 'none' } : { item: there, dropped: remover };
};

/** The ids of one side, with what only the other side has behind what it follows there. */
const interleave = (ids: readonly string[], others: readonly string[]): string[] => {
  const known = new Set(ids);
  const first: string[] = [];
  const behind = new Map<string, string[]>();
  let current = first;
  for (const id of others) {
    if (known.has(id)) {
      current = [];
      behind.set(id, current);
    } else current.push(id);
  }
  return [...first, ...ids.flatMap((id) => [id, ...(behind.get(id) ?? [])])];
};

/**
 * The order of the items that stay: by fractional index, ties by id. Those without one come after the others, in the order of
 * the side that moved them; if both sides moved them, in theirs, and mine is dropped.
 */
const arrange = (items: ReadonlyMap<string, JsonObject>, sides: readonly [Items, Items, Items], input: MergeInput, orderBy: string) => {
  const orderOf = (id: string): string | undefined => {
    const order = memberOf(items.get(id) ?? {}, orderBy);
    return typeof order === 'string' ? order : undefined;
  };
  const [was, mine, theirs] = sides;
  const free = (side: Items): string[] => [...side.keys()].filter((id) => items.has(id) && orderOf(id) === undefined);
  const common = (side: Items): string[] => free(side).filter((id) => mine.has(id) && theirs.has(id));
  const moved = withValues(input, common(was), common(mine), common(theirs));
  const outcome = oneSided(moved);
  const mineLeads = outcome !== undefined && outcome.value === moved.mine.value;
  const ids = mineLeads ? interleave(free(mine), free(theirs)) : interleave(free(theirs), free(mine));
  const keyed = [...items.keys()].flatMap((id) => {
    const order = orderOf(id);
    return order === undefined ? [] : [{ id, order }];
  });
  keyed.sort((a, b) => compareStrings(a.order, b.order) || compareStrings(a.id, b.id));
  const value = [...keyed.map(({ id }) => id), ...ids].flatMap((id) => items.get(id) ?? []);
  return { value, dropped: outcome === undefined ? ('mine' as const) : outcome.dropped };
};

/**
 * Arrays of objects by `id`. What either side added stays. What one side removed goes, unless the other changed it: then it
 * stays and the removal is dropped. An item that both changed is merged field by field. Items that both sides moved by a new
 * fractional index keep both moves. Anything but such arrays behaves as `last`.
 */
export const list = ({ fields = {}, orderBy = 'order' }: ListOptions = {}): MergeRule => {
  const otherwise = last();
  const ruleOf = (field: string): MergeRule => (Object.hasOwn(fields, field) ? fields[field] : undefined) ?? otherwise;
  return combiningRule('list', readItems, (was, mine, theirs, input) => {
    const items = new Map<string, JsonObject>();
    let dropped: Dropped = 'none';
    const keep = (id: string, merged: { readonly item?: JsonObject; readonly dropped: Dropped }): void => {
      if (merged.item !== undefined) items.set(id, merged.item);
      dropped = dropBoth(dropped, merged.dropped);
    };
    for (const [id, item] of theirs) {
      const own = mine.get(id);
      if (own === undefined) keep(id, mergeMissing(was.get(id), item, 'mine'));
      else {
        const sides = { was: input.was, mine: { ...input.mine, record: own }, theirs: { ...input.theirs, record: item } };
        const merged = mergeByKey(was.get(id) ?? {}, own, item, sides, ruleOf);
        keep(id, { item: merged.value, dropped: merged.dropped });
      }
    }
    for (const [id, item] of mine) if (!theirs.has(id)) keep(id, mergeMissing(was.get(id), item, 'theirs'));
    const arranged = arrange(items, [was, mine, theirs], input, orderBy);
    return { value: arranged.value, dropped: dropBoth(dropped, arranged.dropped) };
  });
};
