import fc from 'fast-check';
import { expect, test } from 'vitest';
import { LIMITS } from '../limits.ts';
import { isPlainPush, pushRequestSchema } from './index.ts';

const MUTATION = {
  mutationId: '1b4e28ba-2fa1-41d2-883f-0016d3cca427',
  n: 1,
  collection: 'tasks',
  id: 'aufräumen 🧹',
  op: 'put',
  fields: { title: 'Straße\0', deep: { a: [1] } },
  was: {},
  base: 0,
  at: 1_790_000_000_000.5,
  epoch: 'e',
  ifRevision: 0,
  group: 'g',
  schemaVersion: 1,
};
const PUSH = { protocolVersion: 1, clientId: 'c', schemaVersion: 1, spaceId: 's', cursor: 'x', mutations: [MUTATION] };

/** What a member may be instead: valid here and there, mostly not. */
const other = fc.oneof(
  fc.constantFrom<unknown>(undefined, null, -1, 0, 1, 2.5, 2 ** 53, Number.NaN, '', 'a', 'é', '\ud800', 'a\0', [], {}, true),
  fc.constantFrom('put', 'patch', 'delete', 'void', 'x'.repeat(64), 'x'.repeat(65), 'x'.repeat(128), 'x'.repeat(129)),
  fc.constantFrom('y'.repeat(LIMITS.cursorLengthMax), 'y'.repeat(LIMITS.cursorLengthMax + 1)),
);
const edits = (names: readonly string[]) =>
  fc.array(fc.tuple(fc.constantFrom(...names, 'healed', '__proto__', 'more'), other), { maxLength: 2 });

/** The object with some members changed, or left out (undefined). */
const edited = (object: object, changes: readonly (readonly [string, unknown])[]): object => {
  const members = [...Object.entries(object).filter(([name]) => !changes.some(([changed]) => changed === name)), ...changes];
  return Object.fromEntries(members.filter(([, value]) => value !== undefined));
};

test('the push of a client is plain', () => expect(isPlainPush(PUSH)).toBe(true));

test('what is plain is a push, and handed on as it is', () => {
  let plain = 0;
  fc.assert(
    fc.property(edits(Object.keys(PUSH)), fc.array(edits(Object.keys(MUTATION)), { maxLength: 2 }), (ofPush, ofMutations) => {
      const push = edited({ ...PUSH, mutations: ofMutations.map((changes) => edited(MUTATION, changes)) }, ofPush);
      if (!isPlainPush(push)) return;
      plain += 1;
      const parsed = pushRequestSchema.safeParse(push);
      expect(parsed.error).toBeUndefined();
      expect(parsed.data).toStrictEqual(push);
    }),
    { numRuns: 3_000 },
  );
  expect(plain).toBeGreaterThan(100);
});

test.each([null, [], 'push', { ...PUSH, mutations: {} }])('%j is none', (value) => expect(isPlainPush(value)).toBe(false));
