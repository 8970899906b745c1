import { expect, test } from 'vitest';
import { fieldName, ruleWords, valueText } from './field-words.ts';

test.each([
  ['title', 'Read', 'Read'],
  ['title', null, 'Nothing'],
  ['archived', true, 'Archived'],
  ['archived', false, 'Active'],
  ['tags', ['home', 'book'], 'home, book'],
  ['tags', [], 'None'],
  ['intervals', [{ start: 0, end: 61_000 }], '00:01:01 in 1 stretch'],
  ['intervals', [{ start: 0, end: 1_000 }, { start: 5_000 }], '00:00:06 in 2 stretches, running'],
  ['*', null, 'Deleted'],
  ['*', { title: 'Read', intervals: [] }, 'Read, 00:00:00 in 0 stretches'],
  ['colour', 3, '3'],
])('%s %j reads %j', (field, value, text) => {
  expect(valueText(field, value, 10_000)).toBe(text);
});

test('names what it knows, and what it does not know by its own name', () => {
  expect([fieldName('*'), fieldName('colour')]).toEqual(['Whole task', 'colour']);
  expect([ruleWords('newest'), ruleWords('once')]).toEqual(['The edit with the later time stands.', 'Decided by the rule once.']);
});
