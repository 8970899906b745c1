import type { LocalConflict } from '@tidemark/client';
import { expect, test } from 'vitest';
import { sidesOf } from './sides.ts';

const conflict: LocalConflict = {
  conflictId: 'c1',
  collection: 'tasks',
  id: 'a',
  field: 'title',
  was: 'Read',
  mine: 'Read a book',
  theirs: 'Read the paper',
  mineBy: { clientId: 'left', at: 20 },
  theirsBy: { clientId: 'right', at: 10, seq: 4 },
  rule: 'newest',
  outcome: 'mine',
  state: 'open',
  raisedAt: 30,
};

test('who raised it sees it as it is stored', () => {
  expect(sidesOf(conflict, 'left')).toEqual({
    mine: { where: 'here', clientId: 'left', value: 'Read a book', at: 20, choose: 'mine', stands: true },
    theirs: { where: 'elsewhere', clientId: 'right', value: 'Read the paper', at: 10, choose: 'theirs', stands: false },
  });
});

test('the other client sees its own edit as its own', () => {
  expect(sidesOf(conflict, 'right')).toEqual({
    mine: { where: 'here', clientId: 'right', value: 'Read the paper', at: 10, choose: 'theirs', stands: false },
    theirs: { where: 'elsewhere', clientId: 'left', value: 'Read a book', at: 20, choose: 'mine', stands: true },
  });
});

test('a third one sees both as written elsewhere, and where the rule combined both neither stands', () => {
  const { mine, theirs } = sidesOf({ ...conflict, outcome: 'merged' }, 'somebody');
  expect([mine.where, theirs.where, mine.stands, theirs.stands]).toEqual(['elsewhere', 'elsewhere', false, false]);
});
