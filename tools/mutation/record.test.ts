import { expect, test } from 'vitest';
import { rowsAfter } from './record.js';

const mutants = (...statuses: readonly string[]) => ({ mutants: statuses.map((status) => ({ status })) });

test('a run replaces the rows of its files, keeps the others and sums up each folder and all', () => {
  const first = rowsAfter([], { files: { 'two/b.ts': mutants('Killed', 'Survived'), 'one/a.ts': mutants('Timeout', 'Killed') } }, 'one');
  expect(first).toEqual([
    ['one/a.ts', '100.0 %', 2, 0, 'one'],
    ['two/b.ts', '50.0 %', 1, 1, 'one'],
    ['all of one', '100.0 %', 2, 0, ''],
    ['all of two', '50.0 %', 1, 1, ''],
    ['all', '75.0 %', 3, 1, ''],
  ]);
  const second = rowsAfter(first, { files: { 'two/b.ts': mutants('Killed', 'NoCoverage', 'Killed', 'Ignored', 'Killed') } }, 'two');
  expect(second).toEqual([
    ['one/a.ts', '100.0 %', 2, 0, 'one'],
    ['two/b.ts', '75.0 %', 3, 1, 'two'],
    ['all of one', '100.0 %', 2, 0, ''],
    ['all of two', '75.0 %', 3, 1, ''],
    ['all', '83.3 %', 5, 1, ''],
  ]);
});

test('a file in which nothing can be changed has no score', () => {
  expect(rowsAfter([], { files: { 'a.ts': mutants() } }, 'one')[0]).toEqual(['a.ts', '-', 0, 0, 'one']);
});

test('what a report remembers of files of earlier runs is no news', () => {
  const first = rowsAfter([], { files: { 'one/a.ts': mutants('Killed') } }, 'one');
  const report = { files: { 'one/a.ts': mutants('Survived'), 'one/b.ts': mutants('Killed') } };
  expect(rowsAfter(first, report, 'two', ['one/b.ts']).slice(0, 2)).toEqual([
    ['one/a.ts', '100.0 %', 1, 0, 'one'],
    ['one/b.ts', '100.0 %', 1, 0, 'two'],
  ]);
});
