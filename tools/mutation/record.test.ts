import { expect, test } from 'vitest';
import { rowsAfter } from './record.js';

const mutants = (...statuses: readonly string[]) => ({ mutants: statuses.map((status) => ({ status })) });

test('a run replaces the rows of its files, keeps the others and sums all up', () => {
  const first = rowsAfter([], { files: { 'b.ts': mutants('Killed', 'Survived'), 'a.ts': mutants('Timeout', 'Killed') } }, 'one');
  expect(first).toEqual([
    ['a.ts', '100.0 %', 2, 0, 'one'],
    ['b.ts', '50.0 %', 1, 1, 'one'],
    ['all', '75.0 %', 3, 1, ''],
  ]);
  const second = rowsAfter(first, { files: { 'b.ts': mutants('Killed', 'NoCoverage', 'Killed', 'Ignored', 'Killed') } }, 'two');
  expect(second).toEqual([
    ['a.ts', '100.0 %', 2, 0, 'one'],
    ['b.ts', '75.0 %', 3, 1, 'two'],
    ['all', '83.3 %', 5, 1, ''],
  ]);
});

test('a file in which nothing can be changed has no score', () => {
  expect(rowsAfter([], { files: { 'a.ts': mutants() } }, 'one')[0]).toEqual(['a.ts', '-', 0, 0, 'one']);
});
