import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isMeta, lastAuthor, openConflict, parseMeta, printMeta, type RecordMeta, type Stamp, stampOf, withOpen } from './meta.ts';

// What is stored beside each record: how it is written is part of the storages' format.

const clientId = fc.constantFrom('a', 'b', '', '__proto__', 'é"\n');
const field = fc.constantFrom('title', 'toString', 'constructor', '*');
const number = fc.nat(9);
const stamp: fc.Arbitrary<Stamp> = fc
  .tuple(number, clientId, number, fc.option(fc.tuple(fc.constantFrom('', 'lost'), number)))
  .map(([seq, by, at, healed]) => ({ seq, clientId: by, at, ...(healed ? { healed: { epoch: healed[0], seq: healed[1] } } : {}) }));
const dictionary = <T>(key: fc.Arbitrary<string>, value: fc.Arbitrary<T>) =>
  fc.array(fc.tuple(key, value), { maxLength: 3 }).map((entries) => Object.fromEntries(entries));
const meta: fc.Arbitrary<RecordMeta> = fc
  .record({
    all: stamp,
    fields: dictionary(field, stamp),
    deletion: fc.option(stamp),
    resolvedAt: fc.option(number),
    open: dictionary(field, dictionary(clientId, fc.constantFrom('one', 'two'))),
  })
  .map(({ all, fields, deletion, resolvedAt, open }) => ({
    all,
    fields,
    open,
    ...(deletion ? { deletion } : {}),
    ...(resolvedAt === null ? {} : { resolvedAt }),
  }));

const plain: RecordMeta = { all: { seq: 1, clientId: 'a', at: 5 }, fields: {}, open: {} };

describe('what is remembered of a record', () => {
  it('is read as it was written', () => {
    fc.assert(fc.property(meta, (one) => void expect(parseMeta(printMeta(one))).toEqual(one)));
  });

  it('is written in the fewest words', () => {
    const healed = { seq: 2, clientId: 'b', at: 6, healed: { epoch: 'lost', seq: 9 } };
    const text = (more: Partial<RecordMeta>) => printMeta({ ...plain, ...more });
    expect(text({})).toBe('{"s":[1,"a",5]}');
    expect(text({ all: { ...plain.all, clientId: 'a"' } })).toBe('{"s":[1,"a\\"",5]}');
    expect(text({ all: healed })).toBe('{"s":[2,"b",6,"lost",9]}');
    expect(text({ fields: { title: healed } })).toBe('{"s":[1,"a",5],"f":{"title":[2,"b",6,"lost",9]}}');
    expect(text({ deletion: plain.all })).toBe('{"s":[1,"a",5],"d":[1,"a",5]}');
    expect(text({ resolvedAt: 3 })).toBe('{"s":[1,"a",5],"r":3}');
    expect(text({ open: { title: { b: 'id' } } })).toBe('{"s":[1,"a",5],"o":{"title":{"b":"id"}}}');
  });

  it('is told from all other text, as an import must', () => {
    fc.assert(fc.property(meta, (one) => void expect(isMeta(JSON.parse(printMeta(one)))).toBe(true)));
    const [stamp3, stamp5] = [
      [1, 'a', 5],
      [1, 'a', 5, 'lost', 9],
    ];
    const s = { s: stamp3 };
    for (const good of [
      s,
      { s: stamp5 },
      { ...s, f: {} },
      { ...s, o: {} },
      { ...s, d: stamp5, r: 1, f: { a: stamp3 }, o: { a: { b: 'c' } } },
    ])
      expect([good, isMeta(good)]).toEqual([good, true]);
    const noStamps = [null, 1, 'a', {}, [], [1, 'a'], [1, 'a', 5, 'lost'], [...stamp5, 1], ['1', 'a', 5], [1, 1, 5], [1, 'a', '5']];
    const badStamps = [...noStamps, [1, 'a', null], [1, 'a', 5, 9, 9], [1, 'a', 5, 'lost', 'x'], 'abc', { length: 3, 0: 1, 1: 'a', 2: 5 }];
    const wrong = [
      null,
      undefined,
      1,
      'text',
      [],
      {},
      [stamp3],
      Object.assign([], { s: stamp3 }),
      { d: stamp3 },
      ...badStamps.flatMap((bad) => [{ s: bad }, { ...s, d: bad }, { ...s, f: { a: stamp3, b: bad } }]),
      ...[null, 1, 'a', [], [stamp3]].flatMap((bad) => [
        { ...s, f: bad },
        { ...s, o: bad },
        { ...s, o: { a: { b: 'c' }, d: bad } },
        { ...s, o: { a: { b: 'c', d: bad === 'a' ? 0 : bad } } },
      ]),
      ...[null, 'a', '1', []].map((bad) => ({ ...s, r: bad })),
      { ...s, x: 1 },
    ];
    for (const one of wrong) expect([one, isMeta(one)]).toEqual([one, false]);
  });

  it('says who wrote a field: whoever wrote the record, unless somebody has written the field since', () => {
    const later = { seq: 2, clientId: 'b', at: 6 };
    expect(stampOf(plain, 'title')).toBe(plain.all);
    expect(stampOf(plain, 'toString')).toBe(plain.all);
    expect(stampOf({ ...plain, fields: { title: later } }, 'title')).toBe(later);
    expect(stampOf({ ...plain, fields: { title: later } }, 'note')).toBe(plain.all);
  });

  it('says who made the newest change, and nobody where no client knows what it led to', () => {
    const later = { seq: 2, clientId: 'b', at: 6 };
    const edited = { ...plain, fields: { note: { ...later, seq: 1, clientId: 'n' }, title: later } };
    expect(lastAuthor(plain, 1)).toBe('a');
    expect(lastAuthor(plain, 2)).toBe('');
    expect(lastAuthor(edited, 2)).toBe('b');
    expect(lastAuthor(edited, 3)).toBe('');
    expect(lastAuthor({ ...edited, resolvedAt: 2 }, 2)).toBe('');
    expect(lastAuthor({ ...edited, resolvedAt: 1 }, 2)).toBe('b');
    expect(lastAuthor({ ...edited, deletion: { ...later, seq: 3, clientId: 'd' } }, 3)).toBe('d');
    expect(lastAuthor({ ...edited, deletion: { ...later, seq: 1, clientId: 'd' } }, 2)).toBe('b');
  });
});

describe('open conflicts', () => {
  it('are found by field and client, each until it is taken out', () => {
    fc.assert(
      fc.property(meta, field, clientId, field, clientId, ({ open }, ofField, by, otherField, otherBy) => {
        const before = JSON.stringify(open);
        const more = withOpen(open, ofField, by, 'new');
        expect(openConflict(more, ofField, by)).toBe('new');
        const less = withOpen(more, ofField, by, undefined);
        expect(openConflict(less, ofField, by)).toBeUndefined();
        if (otherField !== ofField || otherBy !== by) {
          expect(openConflict(more, otherField, otherBy)).toBe(openConflict(open, otherField, otherBy));
          expect(openConflict(less, otherField, otherBy)).toBe(openConflict(open, otherField, otherBy));
        }
        expect(JSON.stringify(open)).toBe(before);
      }),
    );
  });

  it('leave nothing behind when the last of a field is taken out', () => {
    const one = withOpen(withOpen({}, 'title', 'a', 'one'), 'title', 'b', 'two');
    expect(one).toEqual({ title: { a: 'one', b: 'two' } });
    expect(withOpen(one, 'title', 'a', undefined)).toEqual({ title: { b: 'two' } });
    expect(withOpen(withOpen(one, 'title', 'a', undefined), 'title', 'b', undefined)).toEqual({});
    expect(withOpen({}, 'title', 'a', undefined)).toEqual({});
  });
});
