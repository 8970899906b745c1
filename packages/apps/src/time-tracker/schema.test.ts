import { validateFields } from '@tidemark/protocol';
import { describe, expect, test } from 'vitest';
import { TASK_LIMITS, timeTracker } from './schema.ts';

const { tasks } = timeTracker.collections;
const plain = { title: 'Read', archived: false, tags: [], intervals: [], updatedAt: 5 };
const valid = (change: object) => validateFields(tasks, { ...plain, ...change }, 'put');
const stored = (change: object) => {
  const checked = valid(change);
  return checked.ok ? checked.value : checked.error;
};

describe('what a task may hold', () => {
  test.each([
    ['an empty title', { title: '' }],
    ['a title of 501 characters', { title: 'x'.repeat(TASK_LIMITS.titleLengthMax + 1) }],
    ['101 tags', { tags: Array.from({ length: TASK_LIMITS.tagsMax + 1 }, (_, i) => `t${i}`) }],
    ['a tag of 65 characters', { tags: ['x'.repeat(TASK_LIMITS.tagLengthMax + 1)] }],
    ['5,001 intervals', { intervals: Array.from({ length: TASK_LIMITS.intervalsMax + 1 }, (_, i) => ({ start: i * 2, end: i * 2 + 1 })) }],
    ['half a millisecond', { intervals: [{ start: 0.5 }] }],
    ['an interval of something else', { intervals: [{ start: 1, pause: 2 }] }],
    ['an unknown field', { colour: 'red' }],
    ['a version of 0', { version: 0 }],
  ])('not %s', (_, change) => {
    expect(valid(change)).toMatchObject({ ok: false, error: { code: 'VALIDATION_FAILED' } });
  });

  test('just as much as the limits say', () => {
    const intervals = Array.from({ length: TASK_LIMITS.intervalsMax }, (_, i) => ({ start: i * 2, end: i * 2 + 1 }));
    const tags = Array.from({ length: TASK_LIMITS.tagsMax }, (_, i) => `${i}`.padStart(TASK_LIMITS.tagLengthMax, 't'));
    expect(valid({ title: 'x'.repeat(TASK_LIMITS.titleLengthMax), tags, intervals }).ok).toBe(true);
  });
});

describe('intervals are stored in order', () => {
  test.each([
    ['no end and end null are both running', [{ start: 3, end: null }], [{ start: 3 }]],
    ['an end before its start is that start', [{ start: 9, end: 4 }], [{ start: 9, end: 9 }]],
    [
      'contiguous and overlapping ones collapse',
      [
        { start: 4, end: 9 },
        { start: 1, end: 4 },
        { start: 8, end: 12 },
      ],
      [{ start: 1, end: 12 }],
    ],
    ['one running at most', [{ start: 1 }, { start: 5 }], [{ start: 1, end: 5 }, { start: 5 }]],
  ])('%s', (_, sent, kept) => {
    expect(stored({ intervals: sent })).toMatchObject({ intervals: kept });
  });

  test('and storing them again changes nothing', () => {
    const once = stored({ intervals: [{ start: 7 }, { start: 1, end: 3 }, { start: 2, end: 5 }] });
    expect(valid(once)).toEqual({ ok: true, value: once });
  });
});

describe('version', () => {
  const next = (previous: object | null, sent: object) => tasks.derive?.(previous === null ? null : { ...previous }, plain, { ...sent });

  test.each([
    ['a create keeps what was sent', null, { version: 7 }, 7],
    ['a create that sends none begins at 1', null, {}, 1],
    ['a create that sends nonsense begins at 1', null, { version: 'x' }, 1],
    ['a later write adds 1', { version: 7 }, {}, 8],
    ['whatever it sends', { version: 7 }, { version: 40 }, 8],
  ])('%s', (_, previous, sent, version) => {
    expect(next(previous, sent)).toEqual({ version });
  });
});

test('the rules that decide', () => {
  const rules = Object.entries(tasks.fields).map(([name, field]) => [name, 'merge' in field ? field.merge.name : 'derived']);
  expect(Object.fromEntries(rules)).toEqual({
    title: 'newest',
    archived: 'newest',
    tags: 'set',
    intervals: 'intervals',
    updatedAt: 'max',
    version: 'derived',
  });
});
