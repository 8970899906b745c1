import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  counter,
  intervals,
  isJsonObject,
  type Json,
  last,
  list,
  type MergeRule,
  type MergeSide,
  map,
  max,
  min,
  newest,
  newestBy,
  once,
  review,
  set,
  text,
} from '@tidemark/protocol';
import { describe, expect, test } from 'vitest';
import { repositoryRoot } from './read-repository.ts';

/** By the headings of docs/MERGE-RULES.md. */
const RULES: { readonly [heading: string]: MergeRule } = {
  'last()': last(),
  'newest()': newest(),
  'max()': max(),
  'min()': min(),
  "newestBy('updatedAt')": newestBy('updatedAt'),
  'once()': once(),
  'counter()': counter(),
  'set()': set(),
  'map()': map(),
  'list()': list(),
  'intervals()': intervals(),
  'text()': text(),
  'review()': review(),
};

const isJson = (value: unknown): value is Json =>
  value === null || typeof value !== 'object' || Array.isArray(value) || isJsonObject(value);

const readCell = (cell: string): Json | undefined => {
  const written = /`([^`]+)`/.exec(cell)?.[1];
  if (written === undefined) return undefined;
  const value: unknown = JSON.parse(written);
  return isJson(value) ? value : undefined;
};

/** `"b"` at 1005 · `"b"` of a record with `updatedAt` 200 */
const sideOf = (cell: string, clientId: string): MergeSide => ({
  value: readCell(cell),
  clientId,
  at: Number(/ at (\d+)/.exec(cell)?.[1] ?? 0),
  record: { updatedAt: Number(/`updatedAt` (\d+)/.exec(cell)?.[1] ?? 0) },
});

const page = readFileSync(join(repositoryRoot, 'docs/MERGE-RULES.md'), 'utf8');
const sections = [...page.matchAll(/^### `(.+)`\n([\s\S]*?)(?=^##)/gm)].map(([, heading = '', body = '']) => ({
  heading,
  rows: body
    .split('\n')
    .filter((line) => line.startsWith('| ') && !line.startsWith('| was'))
    .map((line) =>
      line
        .split('|')
        .slice(1, -1)
        .map((cell) => cell.trim()),
    ),
}));

describe('docs/MERGE-RULES.md', () => {
  test('has a table for every rule', () => {
    expect(sections.map(({ heading }) => heading).sort()).toEqual(Object.keys(RULES).sort());
    expect(sections.filter(({ rows }) => rows.length === 0)).toEqual([]);
  });

  test.each(sections.flatMap(({ heading, rows }) => rows.map((row) => [heading, row] as const)))('%s: %s', (heading, row) => {
    const [was = '', mine = '', theirs = '', result = '', dropped] = row;
    const outcome = RULES[heading]?.merge({ was: readCell(was), mine: sideOf(mine, 'mine'), theirs: sideOf(theirs, 'theirs') });
    expect(outcome).toEqual({ value: readCell(result), dropped });
  });
});
