import { canonicalJson } from '@tidemark/protocol';
import { expect, test, vi } from 'vitest';
import type { TestBench } from '../test-engine.suite.ts';
import { onDeletes, openBench, pushAs, spaceText, type Told } from './outcomes.suite.ts';

// The same kind of tables as outcomes.test.ts: what a restored server lost comes back.

// Many small benches; slow only where the machine is busy.
vi.setConfig({ testTimeout: 60_000 });

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
