import { readFile } from 'node:fs/promises';
import { expect, test } from 'vitest';
import { PLANTED_BUGS } from './hunt.ts';
import { plant } from './planted-bug.ts';

// That each is found is shown by `npm run sim -- planted`; here only that the sources still are as the bugs expect.

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
