import fc from 'fast-check';
import { expect, test } from 'vitest';
import { jsonEqual } from '../canonical.ts';
import type { Json } from '../json.ts';
import { counter, list, newestBy, orderBetween } from './index.ts';
import { mergeOf, RUNS } from './merge-inputs.suite.ts';

interface Item {
  readonly id: string;
  readonly order?: string;
  readonly n?: number;
}

const item = (id: string, order?: string, n?: number): Item & { readonly [key: string]: Json } => ({
  id,
  ...(order === undefined ? {} : { order }),
  ...(n === undefined ? {} : { n }),
});
const ids = (value: Json | undefined) => (Array.isArray(value) ? value.map(({ id }) => id).join('') : undefined);

test('added on either side stays, removed and unchanged goes', () => {
  const was = [item('a', '1'), item('b', '2'), item('c', '3')];
  const mine = [item('a', '1'), item('c', '3'), item('m', '4')];
  const theirs = [item('a', '1'), item('b', '2'), item('t', '15')];
  expect(mergeOf(list(), was, mine, theirs)).toEqual({ value: [item('a', '1'), item('t', '15'), item('m', '4')], dropped: 'none' });
});

test('a removal against a change: the changed item stays, the removal is dropped', () => {
  const was = [item('a', '1', 0)];
  expect(mergeOf(list(), was, [], [item('a', '1', 5)])).toEqual({ value: [item('a', '1', 5)], dropped: 'mine' });
  expect(mergeOf(list(), was, [item('a', '1', 5)], [])).toEqual({ value: [item('a', '1', 5)], dropped: 'theirs' });
});

test('an item that both changed is merged by field, by the rules of the fields, which see the item as the record', () => {
  const was = [item('a', '1', 1)];
  const both = mergeOf(list(), was, [{ ...item('a', '1', 1), x: 1 }], [item('a', '2', 1)]);
  expect(both).toEqual({ value: [{ ...item('a', '2', 1), x: 1 }], dropped: 'none' });
  expect(mergeOf(list(), was, [item('a', '1', 2)], [item('a', '1', 3)])).toEqual({ value: [item('a', '1', 2)], dropped: 'theirs' });
  const fields = { n: counter(), label: newestBy('stamp') };
  expect(mergeOf(list({ fields }), was, [item('a', '1', 2)], [item('a', '1', 3)]).value).toEqual([item('a', '1', 4)]);
  const labelled = (label: string, stamp: number) => [{ id: 'a', label, stamp }];
  expect(mergeOf(list({ fields }), labelled('w', 0), labelled('m', 1), labelled('t', 2)).value).toMatchObject([{ label: 't' }]);
});

test('reorders of different items keep both moves', () => {
  const was = [item('a', '1'), item('b', '2'), item('c', '3'), item('d', '4')];
  const mine = [item('b', '2'), item('c', '3'), item('d', '4'), item('a', orderBetween('4', undefined))];
  const theirs = [item('d', orderBetween(undefined, '1')), item('a', '1'), item('b', '2'), item('c', '3')];
  expect(ids(mergeOf(list(), was, mine, theirs).value)).toBe('dbca');
});

test('items without an index keep their order; if both sides moved them, theirs stands and mine is dropped', () => {
  const of = (text: string) => [...text].map((id) => item(id));
  expect(mergeOf(list(), of('abc'), of('abmc'), of('atbc')).value).toEqual(of('atbmc'));
  expect(mergeOf(list(), of('abc'), of('cab'), of('abct')).value).toEqual(of('ctab'));
  expect(mergeOf(list(), of('abc'), of('cab'), of('bac'))).toEqual({ value: of('bac'), dropped: 'mine' });
  expect(mergeOf(list({ orderBy: 'rank' }), of('ab'), [...of('ab'), { id: 'r', rank: 'V' }], of('bac')).value).toMatchObject([
    { id: 'r' },
    { id: 'b' },
    { id: 'a' },
    { id: 'c' },
  ]);
});

test('an absent list is an empty one', () => {
  expect(mergeOf(list(), null, [item('m')], [item('t')])).toEqual({ value: [item('m'), item('t')], dropped: 'none' });
  expect(mergeOf(list(), [item('a'), item('b')], undefined, [item('a'), item('b'), item('t')])).toEqual({
    value: [item('t')],
    dropped: 'none',
  });
});

test('an index that is no text is none', () => {
  const of = (names: string) => [...names].map((id) => ({ id, order: 9 - 'abcd'.indexOf(id) }));
  expect(ids(mergeOf(list(), of('ab'), of('abc'), of('abd')).value)).toBe('abcd');
});

test('ids that repeat, or are none: as last', () => {
  expect(mergeOf(list(), [], [item('a'), item('a')], [item('b')])).toEqual({ value: [item('a'), item('a')], dropped: 'theirs' });
  expect(mergeOf(list(), [], [{ id: 1 }], [item('b')])).toEqual({ value: [{ id: 1 }], dropped: 'theirs' });
});

test('no item is lost or doubled; what is dropped is said; the items commute where no field collides', () => {
  const id = fc.constantFrom('a', 'b', 'c', '__proto__', 'constructor');
  const order = fc.option(fc.constantFrom('1', '2', 'V'), { nil: undefined });
  const side = fc.uniqueArray(fc.tuple(id, order, fc.nat(2)), { maxLength: 5, selector: ([key]) => key });
  fc.assert(
    fc.property(side, side, side, (...sides) => {
      const [was, mine, theirs] = sides.map((one) => one.map((parts) => item(...parts)));
      if (was === undefined || mine === undefined || theirs === undefined) throw new Error('three sides');
      const { value, dropped } = mergeOf(list(), was, mine, theirs);
      const merged: { readonly [key: string]: Json }[] = Array.isArray(value) ? value : [];
      expect(new Set(merged.map((one) => one.id)).size).toBe(merged.length);
      const find = (items: readonly { readonly [key: string]: Json }[], key: Json | undefined) => items.find((one) => one.id === key);
      for (const key of new Set([...was, ...mine, ...theirs].map((one) => one.id))) {
        const [w, m, t] = [find(was, key), find(mine, key), find(theirs, key)];
        const gone = m === undefined ? t === undefined || jsonEqual(t, w) : t === undefined && jsonEqual(m, w);
        expect(find(merged, key) === undefined).toBe(gone);
        if (m === undefined && t !== undefined && w !== undefined && !gone) expect(['mine', 'both']).toContain(dropped);
        if (t === undefined && m !== undefined && w !== undefined && !gone) expect(['theirs', 'both']).toContain(dropped);
      }
      const other = mergeOf(list(), was, theirs, mine).value;
      expect(new Set(String(ids(other)).match(/./gu))).toEqual(new Set(String(ids(value)).match(/./gu)));
    }),
    RUNS,
  );
});
