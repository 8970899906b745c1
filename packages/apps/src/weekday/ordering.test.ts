import fc from 'fast-check';
import { expect, test } from 'vitest';
import { inOrder, orderAt, orderKeys } from './ordering.ts';
import { order } from './values.ts';

const listOf = (count: number) => orderKeys(count).map((key, i) => ({ id: `i${i}`, order: key }));

test('the keys of a new list are in order, valid, and always the same', () => {
  const keys = orderKeys(500);
  expect([...keys].sort()).toEqual(keys);
  expect(keys.every((key) => order.safeParse(key).success)).toBe(true);
  expect(orderKeys(500)).toEqual(keys);
});

test('a move changes one record and puts it just there, however often', () => {
  const moves = fc.array(fc.tuple(fc.nat({ max: 11 }), fc.nat({ max: 13 })), { maxLength: 60 });
  fc.assert(
    fc.property(moves, (made) => {
      let list = listOf(12);
      for (const [from, to] of made) {
        const shown = inOrder(list);
        const id = shown[from]?.id ?? '';
        const key = orderAt(list, id, to);
        expect(order.safeParse(key).success).toBe(true);
        list = list.map((record) => (record.id === id ? { ...record, order: key } : record));
        const others = shown.filter((record) => record.id !== id).map((record) => record.id);
        others.splice(to, 0, id);
        expect(inOrder(list).map((record) => record.id)).toEqual(others);
      }
    }),
  );
});

test('records without a place come last, ties by id', () => {
  const records = [{ id: 'z' }, { id: 'b', order: 'V' }, { id: 'a', order: 'V' }, { id: 'c', order: 'B' }, { id: 'x' }];
  expect(inOrder(records).map(({ id }) => id)).toEqual(['c', 'a', 'b', 'x', 'z']);
  expect(orderAt(records, 'x', 0) < 'B').toBe(true);
});
