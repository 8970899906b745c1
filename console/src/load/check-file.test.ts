import { expect, test } from 'vitest';
import { checkFile } from './check-file.ts';

const nothingHere = () => false;

test('tells item by item what can be loaded, and loads nothing', () => {
  const file = JSON.stringify([
    { id: 'a', title: 'Read' },
    { id: 'b', title: '' },
    7,
    { id: 'c', title: 'Write', intervals: [{ start: 1 }] },
  ]);
  const checked = checkFile('tasks.json', file, 10, (id) => id === 'c');
  expect(checked.ready.map((task) => task.id)).toEqual(['a']);
  expect(checked.known.map((task) => task.id)).toEqual(['c']);
  expect(checked.refused.map(({ position, error }) => [position, error.code])).toEqual([
    [2, 'VALIDATION_FAILED'],
    [3, 'VALIDATION_FAILED'],
  ]);
});

test('keeps the first of two tasks of one id', () => {
  const checked = checkFile('tasks.json', '[{"id":"a","title":"first"},{"id":"a","title":"second"}]', 10, nothingHere);
  expect(checked.ready.map((task) => task.fields.title)).toEqual(['first']);
  expect(checked.known.map((task) => task.fields.title)).toEqual(['second']);
});

test.each([
  ['no JSON', '{"id":', 'not JSON'],
  ['no array', '{"id":"a"}', 'JSON array'],
])('refuses a file that is %s as a whole', (_, text, reason) => {
  expect(checkFile('tasks.json', text, 10, nothingHere).problem).toContain(reason);
});
