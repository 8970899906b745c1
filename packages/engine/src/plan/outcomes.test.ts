import { canonicalJson, type JsonObject } from '@tidemark/protocol';
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

/** Writes of a log that was lost: a create, two edits by others, a delete. */
const LOST: { readonly [name: string]: readonly [client: string, told: Told] } = {
  create: ['a', { op: 'put', fields: { last: 'a', count: 1, tags: ['a'] }, was: {}, healed: { epoch: 'lost', seq: 1 } }],
  edit: [
    'b',
    { op: 'patch', fields: { last: 'b', count: 2, review: 'b' }, was: { last: 'a', count: 1 }, base: 1, healed: { epoch: 'lost', seq: 2 } },
  ],
  delete: ['c', { op: 'delete', was: { last: 'b', count: 2, review: 'b', tags: ['a'] }, base: 2, healed: { epoch: 'lost', seq: 3 } }],
  late: [
    'd',
    {
      op: 'patch',
      fields: { last: 'd', count: 5, tags: ['a', 'd'] },
      was: { last: 'b', count: 2, tags: ['a'] },
      base: 2,
      healed: { epoch: 'lost', seq: 4 },
    },
  ],
  // Says what stands there already, and belongs to it all the same.
  again: ['e', { op: 'patch', fields: { last: 'b', count: 2 }, was: { last: 'b', count: 2 }, base: 2, healed: { epoch: 'lost', seq: 5 } }],
  // Of a log that was lost before: the two have no order.
  earlier: ['f', { op: 'patch', fields: { last: 'f', best: 4 }, was: { last: 'a' }, base: 1, healed: { epoch: 'lost before', seq: 3 } }],
};
const SINCE: { readonly [name: string]: readonly Told[] } = {
  nothing: [],
  'another create': [{ op: 'put', fields: { last: 'z', best: 3 }, was: {} }],
  'a create and a delete': [
    { op: 'put', fields: { last: 'z' }, was: {} },
    { op: 'delete', was: { last: 'z' }, n: 2 },
  ],
  'a delete of what came back': [{ op: 'delete', was: { last: 'a', count: 1, tags: ['a'] } }],
};

const permutations = (all: readonly string[]): readonly (readonly string[])[] =>
  all.length < 2 ? [all] : all.flatMap((one) => permutations(all.filter((other) => other !== one)).map((rest) => [one, ...rest]));

test.each(onDeletes)('what a restored server lost comes back in any order (%s)', async (onDelete) => {
  const lines: string[] = [];
  for (const [since, told] of Object.entries(SINCE)) {
    for (const order of [
      ...permutations(['create', 'edit', 'late']),
      ...permutations(['create', 'delete', 'edit']),
      ...permutations(['create', 'delete', 'late']),
      ...permutations(['create', 'edit', 'again']),
      ...permutations(['create', 'edit', 'earlier']),
      ...permutations(['create', 'edit', 'delete', 'late']),
    ]) {
      for (const at of [0, 2]) {
        const bench = openBench(onDelete);
        const said: string[] = [];
        for (const [index, name] of order.entries()) {
          if (index === at)
            for (const [n, one] of told.entries()) said.push(await pushAs(bench, 'z', [{ ...one, n: n + 1, base: await headOf(bench) }]));
          const [client, lost] = LOST[name] ?? ['a', { op: 'delete' }];
          said.push(await pushAs(bench, client, [{ ...lost, epoch: 'lost' }]));
        }
        lines.push(`${order.join(', ')} | ${since} at ${at}:`, ...said.map((one) => `    ${one}`), `    ${await spaceText(bench)}`);
      }
    }
  }
  await expect(`${lines.join('\n')}\n`).toMatchFileSnapshot(`outcomes/${onDelete}/healed.txt`);
});

test.each([
  ['create', 'edit', 'late'],
  ['create', 'edit', 'again'],
  ['create', 'edit', 'late', 'again'],
])('lost edits make the same record again, in whatever order they come: %s, %s, %s %s', async (...names) => {
  const records = new Set<string>();
  for (const order of permutations(names.filter((name) => name in LOST))) {
    const bench = openBench('deleteWins');
    for (const name of order) {
      const [client, lost] = LOST[name] ?? ['a', { op: 'delete' }];
      await pushAs(bench, client, [{ ...lost, epoch: 'lost' }]);
    }
    const { tags, ...fields } = (await bench.fields('notes', 'x')) ?? {};
    // A set has no order.
    records.add(canonicalJson({ ...fields, tags: Array.isArray(tags) ? [...tags].sort() : null }));
  }
  expect([...records]).toHaveLength(1);
});

const headOf = async ({ engine, space }: TestBench): Promise<number> => {
  const session = await engine.session(space);
  return session.ok ? session.value.latestVersion : 0;
};
