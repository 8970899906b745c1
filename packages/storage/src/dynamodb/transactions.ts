import { itemBytes } from './attributes.ts';
import { TRANSACTION_ITEMS_MAX, type Write } from './table.ts';

/** A transaction holds 4 MB; what an item weighs there is not told to the byte. */
const TRANSACTION_BYTES_MAX = 3_500_000;

const writeBytes = ({ Put, Update }: Write): number =>
  Put?.Item === undefined ? itemBytes(Update?.ExpressionAttributeValues ?? {}) : itemBytes(Put.Item);

const bytesOfAll = (writes: readonly Write[]): number => writes.reduce((sum, write) => sum + writeBytes(write), 0);

/** Whether writes fit into one transaction. */
export const fits = (writes: readonly Write[]): boolean =>
  writes.length <= TRANSACTION_ITEMS_MAX && bytesOfAll(writes) <= TRANSACTION_BYTES_MAX;

/**
 * Packs units of writes, in order, into lists that each fit into one transaction with one more item. A unit is never cut, unless it
 * is too large by itself.
 */
export const packUnits = (units: readonly (readonly Write[])[]): Write[][] => {
  const all: Write[][] = [];
  let bytes = 0;
  const add = (unit: readonly Write[]): void => {
    const size = bytesOfAll(unit);
    const last = all.at(-1);
    if (last === undefined || last.length + unit.length >= TRANSACTION_ITEMS_MAX || bytes + size > TRANSACTION_BYTES_MAX) {
      all.push([...unit]);
      bytes = size;
    } else {
      last.push(...unit);
      bytes += size;
    }
  };
  for (const unit of units) {
    if (unit.length < TRANSACTION_ITEMS_MAX) add(unit);
    else for (const write of unit) add([write]);
  }
  return all;
};
