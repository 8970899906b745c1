import { validateFields } from '@tidemark/protocol';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { timeTracker } from './schema.ts';
import { taskFromStored } from './stored-task.ts';

const NOW = 1_732_100_000_000;
const read = (value: unknown) => taskFromStored(value, NOW);

test('reads what the timer of the plan keeps', () => {
  const kept = { id: 'a', title: 'Read', intervals: [{ start: 10, end: 20 }, { start: 30 }], archived: true, tags: ['home'] };
  expect(read(JSON.parse(JSON.stringify(kept)))).toEqual({
    ok: true,
    value: {
      id: 'a',
      fields: {
        title: 'Read',
        intervals: [{ start: 10, end: 20 }, { start: 30 }],
        archived: true,
        tags: ['home'],
        updatedAt: 0,
        version: 1,
      },
      ignored: [],
    },
  });
});

test('keeps both numbers where the timer has them', () => {
  expect(read({ id: 'a', title: 'Read', updatedAt: 77, version: 3 })).toMatchObject({ value: { fields: { updatedAt: 77, version: 3 } } });
});

test('normalises the intervals, and brings a time in the future back to now', () => {
  const task = read({
    id: 'a',
    title: 'Read',
    intervals: [
      { start: 30, end: null },
      { start: 20, end: 10 },
    ],
    updatedAt: NOW + 5,
  });
  expect(task).toMatchObject({ value: { fields: { intervals: [{ start: 20, end: 20 }, { start: 30 }], updatedAt: NOW } } });
});

test('names what it leaves out', () => {
  expect(read({ id: 'a', title: 'Read', colour: 'red' })).toMatchObject({ ok: true, value: { ignored: ['colour'] } });
});

test.each([
  ['no object', 'Read', 'VALIDATION_FAILED'],
  ['a list', [], 'VALIDATION_FAILED'],
  ['no id', { title: 'Read' }, 'VALIDATION_FAILED'],
  ['an empty id', { id: '', title: 'Read' }, 'INVALID_ID'],
  ['no title', { id: 'a' }, 'VALIDATION_FAILED'],
  ['a broken interval', { id: 'a', title: 'Read', intervals: [{ start: 'noon' }] }, 'VALIDATION_FAILED'],
  ['U+0000', { id: 'a', title: 'Re\u0000ad' }, 'INVALID_STRING'],
  ['a forbidden name', JSON.parse('{"id":"a","title":"Read","__proto__":1}'), 'INVALID_FIELD_NAME'],
])('refuses %s', (_, value, code) => {
  expect(read(value)).toMatchObject({ ok: false, error: { code } });
});

test.each(['{"length":{"toString":null}}', '{"length":{"valueOf":1}}', '{"toString":null,"length":1}', '{"then":{}}'])(
  'refuses a value made to break a schema: %s',
  (json) => {
    for (const field of ['id', 'title', 'archived', 'tags', 'intervals', 'updatedAt', 'version']) {
      expect(read({ id: 'a', title: 'Read', [field]: JSON.parse(json) })).toMatchObject({
        ok: false,
        error: { code: 'VALIDATION_FAILED' },
      });
    }
  },
);

test('names each thing that is wrong', () => {
  expect(read({ id: 'a', title: '', intervals: [{ start: 1 }, { start: -1 }] })).toMatchObject({
    error: { details: { issues: [{ path: 'title' }, { path: 'intervals.1.start' }] } },
  });
});

test('never throws, and what it reads the collection takes as it is', () => {
  const likely = fc.record(
    {
      id: fc.string(),
      title: fc.string(),
      intervals: fc.array(fc.record({ start: fc.nat(50), end: fc.option(fc.nat(50)) })),
      archived: fc.boolean(),
      tags: fc.array(fc.string()),
      updatedAt: fc.nat(),
      version: fc.integer({ min: -1 }),
    },
    { requiredKeys: ['id', 'title'] },
  );
  fc.assert(
    fc.property(fc.oneof(likely, fc.anything()), (value) => {
      const task = read(value);
      if (!task.ok) return;
      const { fields } = task.value;
      const checked = validateFields(timeTracker.collections.tasks, JSON.parse(JSON.stringify(fields)), 'put');
      expect(checked).toEqual({ ok: true, value: fields });
    }),
  );
});
