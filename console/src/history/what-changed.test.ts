import { expect, test } from 'vitest';
import { whatChanged } from './what-changed.ts';

const task = { title: 'Read', archived: false, tags: ['home'], intervals: [{ start: 0, end: 1_000 }], updatedAt: 1, version: 1 };

test.each([
  ['a create', task, undefined, ['Created as “Read”']],
  ['a delete', undefined, task, ['Deleted']],
  ['a new title', { ...task, title: 'Write', version: 2 }, task, ['Renamed “Read” to “Write”']],
  ['an archive', { ...task, archived: true }, task, ['Archived']],
  ['its return', task, { ...task, archived: true }, ['Back to active']],
  ['tags', { ...task, tags: ['book'] }, task, ['Tags +book −home']],
  ['a start', { ...task, intervals: [{ start: 0, end: 1_000 }, { start: 5_000 }] }, task, ['Started']],
  ['a pause', task, { ...task, intervals: [{ start: 0 }] }, ['Paused']],
  ['a reset', { ...task, intervals: [] }, task, ['Time reset']],
  ['merged time', { ...task, intervals: [{ start: 0, end: 2_000 }] }, task, ['Time now 00:00:02 in 1 stretch']],
  ['two things', { ...task, title: 'Write', archived: true }, task, ['Renamed “Read” to “Write”', 'Archived']],
  ['only its time of writing', { ...task, updatedAt: 9 }, task, ['Saved']],
])('tells %s', (_, next, previous, told) => {
  expect(whatChanged(next, previous, 10_000)).toEqual(told);
});
