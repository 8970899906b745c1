import { CONFLICTS, type Json, type JsonObject } from '@tidemark/protocol';
import { expect, test, vi } from 'vitest';
import type { TestBench } from '../test-engine.suite.ts';
import { onDeletes, openBench, pushAs, spaceText, type Told } from './outcomes.suite.ts';

// The same kind of tables as outcomes.test.ts: resolving conflicts, and what a push as a whole may be made of.

type Push = readonly [client: string, told: readonly Told[]];

const put = (id: string, more: Partial<Told> = {}): Told => ({ op: 'put', id, fields: { last: id }, was: {}, ...more });
const bad = (id: string): Told => ({ op: 'put', id, fields: { nothing: 1 }, was: {} });
const inGroup = (group: string, ...told: readonly Told[]): readonly Told[] => told.map((one) => ({ ...one, group }));
const large = 'x'.repeat(18_000);
const withLarge = (count: number): readonly Told[] =>
  Array.from(
    { length: count },
    (_, index): Told => ({ op: 'put', id: `${index}`, fields: { items: [{ id: large.slice(0, 20), name: 'n' }] }, was: {} }),
  );

const PUSHES: { readonly [name: string]: readonly Push[] } = {
  'one after the other': [
    ['a', [put('1'), put('2')]],
    ['a', [put('3', { n: 3 })]],
  ],
  'a gap': [
    ['a', [put('1'), put('2', { n: 3 })]],
    ['a', [put('3', { n: 2 })]],
  ],
  'a first push that does not begin at 1': [['a', [put('1', { n: 2 })]]],
  'the same again': [
    ['a', [put('1'), put('2')]],
    ['a', [put('1'), put('2')]],
    ['a', [put('2', { n: 2 })]],
  ],
  'the same under another client': [
    ['a', [put('1')]],
    ['b', [put('1', { mutationId: 'a-1' })]],
    ['b', [put('2', { n: 2 })]],
  ],
  'the same id, other content': [
    ['a', [put('1')]],
    ['a', [put('2', { n: 2, mutationId: 'a-1' })]],
  ],
  'a known number, an unknown id': [
    ['a', [put('1')]],
    ['a', [put('2', { n: 1, mutationId: 'other' })]],
  ],
  'one id twice in a push': [['a', [put('1', { mutationId: 'm' }), put('1', { mutationId: 'm' })]]],
  'a base ahead': [['a', [put('1', { base: 5 })]]],
  'a base ahead of a lost log': [['a', [put('1', { base: 5, epoch: 'lost' })]]],
  'a refused one between': [
    ['a', [put('1'), bad('2'), put('3')]],
    ['a', [bad('2')].map((one) => ({ ...one, n: 2 }))],
  ],
  'a number that is none': [['a', [put('1', { fields: { best: 'x' } }), put('2', { fields: { best: 2 ** 60 } })]]],
  'an unknown collection': [['a', [put('1', { collection: 'nothing' })]]],
  'an id that is none': [['a', [put(''), put('x'.repeat(200)), put('\u0000')]]],
  'a void of what is unknown, then known': [
    ['a', [{ op: 'void' }]],
    ['a', [put('1', { n: 1, mutationId: 'a-1' })]],
    ['a', [{ op: 'void' }]],
  ],
  'a void of what was stored': [
    ['a', [put('1')]],
    ['a', [{ op: 'void' }]],
  ],
  'a void of what was refused': [
    ['a', [bad('1')]],
    ['a', [{ op: 'void' }]],
  ],
  'a void with another number': [
    ['a', [put('1')]],
    ['a', [{ op: 'void', n: 2, mutationId: 'a-1' }]],
    ['a', [put('2', { n: 2 })]],
    ['a', [put('3', { n: 3 })]],
  ],
  'a group': [
    ['a', inGroup('g', put('1'), put('2'))],
    ['a', inGroup('g', put('1'), put('2'))],
  ],
  'a group with a refused first': [
    ['a', inGroup('g', bad('1'), put('2'))],
    ['a', inGroup('g', bad('1'), put('2'))],
    ['a', [put('3', { n: 3 })]],
  ],
  'a group with a refused last': [['a', [put('0'), ...inGroup('g', put('1'), put('2'), bad('3')), put('4')]]],
  'a group of which one was stored': [
    ['a', [put('1', { group: 'g' })]],
    ['a', inGroup('g', put('1'), put('2'), bad('3'))],
  ],
  'a group of which one was refused': [
    ['a', [bad('1')]],
    ['a', [{ ...bad('1'), group: 'g' }, ...inGroup('g', put('2'))]],
  ],
  'a refused group sent again with more': [
    ['a', inGroup('g', bad('1'), put('2'))],
    ['a', inGroup('g', bad('1'), put('2'), put('3'))],
  ],
  'a group with a void': [
    ['a', [put('1', { group: 'g' }), { op: 'void' }, put('2', { group: 'g' })]],
    ['a', [put('3', { n: 4 })]],
  ],
  'a group that is split': [['a', [put('1', { group: 'g' }), put('2'), put('3', { group: 'g' })]]],
  'two groups': [['a', [...inGroup('g', put('1'), put('2')), ...inGroup('h', put('3'), bad('4'))]]],
  'a group of 40': [['a', inGroup('g', ...withLarge(40))]],
  'a group of 41': [
    ['a', inGroup('g', ...withLarge(41))],
    ['a', [put('x', { n: 42 })]],
  ],
  'a group that conflicts': [
    ['a', [put('1', { fields: { review: 'o' } })]],
    ['b', [{ op: 'patch', id: '1', fields: { review: 'b' }, was: { review: 'o' }, base: 1 }]],
    ['c', inGroup('g', { op: 'patch', id: '1', fields: { review: 'c' }, was: { review: 'o' }, base: 1 }, put('2'))],
  ],
  'a group on one record': [
    [
      'a',
      inGroup(
        'g',
        put('1'),
        { op: 'patch', id: '1', fields: { last: 'b' }, was: { last: '1' } },
        { op: 'delete', id: '1', was: { last: 'b' } },
      ),
    ],
  ],
  'a conditional group': [
    ['a', [put('1')]],
    ['a', inGroup('g', put('2'), put('1', { ifRevision: 0 })).map((one, index) => ({ ...one, n: index + 2 }))],
  ],
  'a conflict that a client writes': [
    [
      'a',
      [
        put('1', { collection: CONFLICTS }),
        { op: 'delete', collection: CONFLICTS, id: '1' },
        { op: 'patch', collection: CONFLICTS, id: '1', fields: { choose: 'mine' } },
      ],
    ],
  ],
  'a healed one of the present log': [
    ['a', [put('1')]],
    ['b', [put('1', { healed: { epoch: 'lost', seq: 9 }, fields: { last: 'b' } })]],
  ],
};

test('pushes as a whole', async () => {
  const lines: string[] = [];
  for (const [name, pushes] of Object.entries(PUSHES)) {
    const bench = openBench('deleteWins');
    lines.push(name);
    for (const [client, told] of pushes) lines.push(`    ${await pushAs(bench, client, told)}`);
    lines.push(`    ${await spaceText(bench)}`);
  }
  await expect(`${lines.join('\n')}\n`).toMatchFileSnapshot('outcomes/pushes.txt');
});

// Many small benches; slow only where the machine is busy.
vi.setConfig({ testTimeout: 60_000 });

const START: JsonObject = { last: 'o', review: 'o', count: 1 };

/** Ways to a conflict about x: in one of its fields, or as a whole. */
const CONFLICTING: { readonly [name: string]: readonly Push[] } = {
  'a field': [
    ['b', [{ op: 'patch', fields: { review: 'b' }, was: START, base: 1 }]],
    ['c', [{ op: 'patch', fields: { review: 'c' }, was: START, base: 1 }]],
  ],
  'a field, three sides': [
    ['b', [{ op: 'patch', fields: { last: 'b' }, was: START, base: 1 }]],
    ['c', [{ op: 'patch', fields: { last: 'c' }, was: START, base: 1 }]],
    ['d', [{ op: 'patch', fields: { last: 'd' }, was: START, base: 1 }]],
  ],
  'an edit of a deleted one': [
    ['b', [{ op: 'delete', was: START, base: 1 }]],
    ['c', [{ op: 'patch', fields: { last: 'c' }, was: START, base: 1 }]],
  ],
  'a delete of an edited one': [
    ['b', [{ op: 'patch', fields: { last: 'b' }, was: START, base: 1 }]],
    ['c', [{ op: 'delete', was: START, base: 1 }]],
  ],
  'twice by one client': [
    ['b', [{ op: 'patch', fields: { review: 'b' }, was: START, base: 1 }]],
    [
      'c',
      [
        { op: 'patch', fields: { review: 'c' }, was: START, base: 1 },
        { op: 'patch', fields: { review: 'cc' }, was: { ...START, review: 'c' }, base: 1 },
      ],
    ],
  ],
};
const SINCE: { readonly [name: string]: readonly Push[] } = {
  nothing: [],
  'an edit': [['e', [{ op: 'patch', fields: { review: 'e', last: 'e' }, was: START, base: 0 }]]],
  'a delete': [['e', [{ op: 'delete', was: START, base: 1 }]]],
};
const CHOICES: readonly (readonly [choose: 'mine' | 'theirs' | 'value', value?: Json])[] = [
  ['mine'],
  ['theirs'],
  ['value', 'v'],
  ['value', null],
  ['value', { last: 'v' }],
  ['value', { nothing: 1 }],
  ['value'],
];

const resolveFirst = async ({ engine, space }: TestBench, id: string, [choose, value]: (typeof CHOICES)[number]): Promise<string> => {
  const answer = await engine.resolve(space, id, value === undefined ? { choose } : { choose, value });
  return answer.ok ? `${answer.value.status} s${answer.value.seq} r${answer.value.revision}` : answer.error.code;
};

test.each(onDeletes)('resolving once, again, and otherwise (%s)', async (onDelete) => {
  const lines: string[] = [];
  for (const [conflicting, first] of Object.entries(CONFLICTING)) {
    for (const [since, then] of Object.entries(SINCE)) {
      for (const choice of CHOICES) {
        const bench = openBench(onDelete);
        for (const [client, told] of [['a', [{ op: 'put', fields: START, was: {} }]] satisfies Push, ...first, ...then])
          await pushAs(bench, client, told);
        const found = await bench.engine.conflicts(bench.space, { state: 'all' });
        const id = found.ok ? (found.value.conflicts[0]?.conflictId ?? 'none') : 'none';
        const said = [
          await resolveFirst(bench, id, choice),
          await resolveFirst(bench, id, choice),
          await resolveFirst(bench, id, ['mine']),
        ];
        // Who resolves through an outbox says it as a patch of the conflict.
        const head = await bench.engine.session(bench.space);
        const patch: Told = {
          op: 'patch',
          collection: CONFLICTS,
          id,
          fields: { choose: 'theirs' },
          base: head.ok ? head.value.latestVersion : 0,
        };
        said.push(await pushAs(bench, 'r', [patch]));
        lines.push(`${conflicting} | ${since} | ${JSON.stringify(choice)}: ${said.join(', ')}`, `    ${await spaceText(bench)}`);
      }
    }
  }
  await expect(`${lines.join('\n')}\n`).toMatchFileSnapshot(`outcomes/${onDelete}/resolving.txt`);
});
