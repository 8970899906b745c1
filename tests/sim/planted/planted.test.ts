import { readFile } from 'node:fs/promises';
import { expect, test } from 'vitest';
import { hunt, PLANTED_BUGS } from './hunt.ts';
import { readHunts } from './hunt-all.ts';
import { plant } from './planted-bug.ts';

// `npm run sim -- planted` looks for the first seed that finds each; here each is planted once more, and the seed of the record
// played. Where the record no longer fits, as after a change of the simulator, all seeds are, up to the number that is promised.

test.each(PLANTED_BUGS.map((bug) => [bug.name, bug] as const))('"%s" can be planted', async (_, bug) => {
  const source = await readFile(bug.file, 'utf8');
  expect(plant(bug, source)).not.toBe(source);
});

test('there are at least forty, each with a name of its own', () => {
  expect(new Set(PLANTED_BUGS.map(({ name }) => name)).size).toBe(PLANTED_BUGS.length);
  expect(PLANTED_BUGS.length).toBeGreaterThanOrEqual(40);
});

test('a text that is no longer there is a failure', () => {
  const bug = { name: 'x', kind: 'once', file: 'x.ts', edits: [['gone', '']], seedsMax: 1 } as const;
  expect(() => plant(bug, 'nothing')).toThrow('planted bug "x"');
});

const found = (await readHunts()).flatMap(({ name, seed }) => {
  const bug = PLANTED_BUGS.find((one) => one.name === name);
  return bug === undefined || seed === null ? [] : [[name, bug, seed] as const];
});

test('at least forty have been found', () => {
  expect(found.length).toBeGreaterThanOrEqual(40);
});

test.each(found)('"%s" is found', { timeout: 300_000 }, async (_, bug, seed) => {
  expect((await hunt(bug, seed)).invariant).not.toBe('');
});
