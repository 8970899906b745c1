import { compareStrings, orderBetween } from '@tidemark/protocol';

/** A record of a list that people reorder. */
export interface Ordered {
  readonly id: string;
  readonly order?: string;
}

const compare = (a: Ordered, b: Ordered): number =>
  (a.order === undefined ? 1 : 0) - (b.order === undefined ? 1 : 0) ||
  compareStrings(a.order ?? '', b.order ?? '') ||
  compareStrings(a.id, b.id);

/** The records in the order that every device shows: by fractional index, ties by id, those without one at the end. */
export const inOrder = <R extends Ordered>(records: readonly R[]): R[] => [...records].sort(compare);

/**
 * The `order` that puts a record at a place (from 0) among the others: write it to that record alone, and moves of other devices
 * stay as they are. Places beyond the end are the end.
 */
export const orderAt = (records: readonly Ordered[], id: string, place: number): string => {
  const others = inOrder(records.filter((record) => record.id !== id && record.order !== undefined));
  const at = Math.max(0, Math.min(place, others.length));
  return orderBetween(others[at - 1]?.order, others[at]?.order);
};

/** So many keys in their order, for a list that has none yet; always the same ones. */
export const orderKeys = (count: number): string[] => {
  const keys: string[] = [];
  for (let last: string | undefined; keys.length < count; keys.push(last)) last = orderBetween(last, undefined);
  return keys;
};
