import type { JsonObject } from '@tidemark/protocol';
import { describe, expect, test, vi } from 'vitest';
import type { TestBench } from '../test-engine.suite.ts';
import { onDeletes, openBench, pushAs, spaceText, type Told } from './outcomes.suite.ts';

// Tables of every case there is at a small scope, as text files beside this test. A changed line is a changed behaviour: read it
// as you would read code, then `npx vitest run --project unit packages/engine/src/plan/outcomes.test.ts --update`.

// Many small benches; slow only where the machine is busy.
vi.setConfig({ testTimeout: 60_000 });

const START: JsonObject = {
  last: 'o',
  newest: 'o',
  review: 'o',
  quiet: 'o',
  best: 5,
  first: 'o',
  count: 10,
  tags: ['o'],
  items: [{ id: '1', name: 'o' }],
};
const THEIRS: JsonObject = {
  last: 't',
  newest: 't',
  review: 't',
  quiet: 't',
  best: 7,
  first: 't',
  count: 11,
  tags: ['o', 't'],
  items: [{ id: '1', name: 't' }],
};
const MINE: JsonObject = {
  last: 'm',
  newest: 'm',
  review: 'm',
  quiet: 'm',
  best: 6,
  first: 'm',
  count: 12,
  tags: ['m'],
  items: [
    { id: '1', name: 'm' },
    { id: '2', name: 'm' },
  ],
};
const LATER = 5;

/** What happened to the record before the edit comes, each as pushes of clients. */
const BEFORE: { readonly [name: string]: readonly (readonly [client: string, told: Told])[] } = {
  absent: [],
  untouched: [['a', { op: 'put', fields: START, was: {} }]],
  edited: [
    ['a', { op: 'put', fields: START, was: {} }],
    ['b', { op: 'patch', fields: THEIRS, was: START, base: 1 }],
  ],
  'edited by me': [
    ['a', { op: 'put', fields: START, was: {} }],
    ['m', { op: 'patch', fields: THEIRS, was: START, base: 1 }],
  ],
  'edited the same': [
    ['a', { op: 'put', fields: START, was: {} }],
    ['b', { op: 'patch', fields: MINE, was: START, base: 1 }],
  ],
  'edited beyond a sum': [
    ['a', { op: 'put', fields: START, was: {} }],
    ['b', { op: 'patch', fields: { count: 99, tags: ['o', 'p', 'q'] }, was: START, base: 1 }],
  ],
  cleared: [
    ['a', { op: 'put', fields: START, was: {} }],
    ['b', { op: 'put', fields: {}, was: START, base: 1 }],
  ],
  deleted: [
    ['a', { op: 'put', fields: START, was: {} }],
    ['b', { op: 'delete', was: START, base: 1 }],
  ],
  're-created': [
    ['a', { op: 'put', fields: START, was: {} }],
    ['b', { op: 'delete', was: START, base: 1 }],
    ['c', { op: 'put', fields: THEIRS, was: {}, base: 2 }],
  ],
  conflicted: [
    ['a', { op: 'put', fields: START, was: {} }],
    ['b', { op: 'patch', fields: THEIRS, was: START, base: 1 }],
    ['m', { op: 'patch', fields: { review: 'n', last: 'n' }, was: START, base: 1 }],
  ],
};

const EDITS: { readonly [name: string]: Told } = {
  put: { op: 'put', fields: MINE },
  patch: { op: 'patch', fields: MINE },
  'patch of two': { op: 'patch', fields: { last: 'm', count: 12 } },
  clear: { op: 'patch', fields: { last: null, tags: null, count: null } },
  delete: { op: 'delete' },
};
const SEEN: { readonly [name: string]: Partial<Told> } = {
  'with was': { was: START, base: 1 },
  'without was': { base: 1 },
  'seen nothing': { was: {}, base: 0 },
  'of a lost log': { was: START, base: 1, epoch: 'lost' },
};

const tell = async (bench: TestBench, story: (typeof BEFORE)[string]): Promise<Map<string, number>> => {
  const next = new Map<string, number>();
  for (const [client, told] of story) {
    const n = next.get(client) ?? 1;
    next.set(client, n + 1);
    await pushAs(bench, client, [{ ...told, n, at: bench.env.now - LATER }]);
  }
  return next;
};

describe.each(onDeletes)('an edit (%s)', (onDelete) => {
  test.each(Object.entries(BEFORE))('of a record that is %s', async (before, story) => {
    const lines: string[] = [];
    for (const [edit, told] of Object.entries(EDITS)) {
      for (const [seen, more] of Object.entries(SEEN)) {
        const bench = openBench(onDelete);
        const n = (await tell(bench, story)).get('m') ?? 1;
        const base = Math.min(1, story.length);
        const verdict = await pushAs(bench, 'm', [{ ...told, ...more, ...(base === 0 ? { base } : {}), n }]);
        // Who comes later shows what the record remembers of its writers.
        const probe = await pushAs(bench, 'p', [{ op: 'patch', fields: { last: 'p', count: 13, first: 'p' }, was: START, base }]);
        lines.push(`${edit} ${seen}: ${verdict}`, `    then ${probe}`, `    ${await spaceText(bench)}`);
      }
    }
    await expect(`${lines.join('\n')}\n`).toMatchFileSnapshot(`outcomes/${onDelete}/${before.replaceAll(' ', '-')}.txt`);
  });
});

test.each(onDeletes)('conditional edits (%s)', async (onDelete) => {
  const lines: string[] = [];
  for (const [before, story] of Object.entries(BEFORE)) {
    for (const [edit, told] of Object.entries(EDITS)) {
      for (const ifRevision of [0, 1, 2]) {
        const bench = openBench(onDelete);
        const n = (await tell(bench, story)).get('m') ?? 1;
        const conditional = { ...told, was: START, base: Math.min(1, story.length), ifRevision, n };
        lines.push(`${before} | ${edit} if ${ifRevision}: ${await pushAs(bench, 'm', [conditional])}`);
      }
    }
  }
  await expect(`${lines.join('\n')}\n`).toMatchFileSnapshot(`outcomes/${onDelete}/conditional.txt`);
});
