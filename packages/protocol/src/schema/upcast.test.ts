import fc from 'fast-check';
import { expect, test } from 'vitest';
import * as z from 'zod';
import type { JsonObject } from '../json.ts';
import { defineApp, defineCollection } from './define.ts';
import type { Upcast } from './definition.ts';
import { upcastFields } from './upcast.ts';

const appAt = (schemaVersion: number, upcasts: { readonly [from: number]: Upcast }) => {
  const tasks = defineCollection({ name: 'tasks', fields: { title: { schema: z.string() } }, upcasts });
  return defineApp({ name: 'demo', schemaVersion, collections: { tasks } });
};
const run = (app: ReturnType<typeof appAt>, fields: JsonObject, from: number) => upcastFields(app, app.collections.tasks, fields, from);
const step =
  (version: number): Upcast =>
  (fields) => ({ ...fields, trail: [...(Array.isArray(fields.trail) ? fields.trail : []), version] });

test('goes through every version once, in order; a missing step changes nothing', () => {
  const app = appAt(5, { 1: step(1), 2: step(2), 4: step(4) });
  expect(run(app, {}, 1)).toEqual({ ok: true, value: { trail: [1, 2, 4] } });
  expect(run(app, {}, 3)).toEqual({ ok: true, value: { trail: [4] } });
  expect(run(app, { a: 1 }, 5)).toEqual({ ok: true, value: { a: 1 } });
});

test('in two parts is the same as in one', () => {
  const versions = fc.integer({ min: 1, max: 8 });
  fc.assert(
    fc.property(fc.tuple(versions, versions, versions), fc.uniqueArray(versions), (three, steps) => {
      const [from = 1, between = 1, to = 1] = [...three].sort((a, b) => a - b);
      const upTo = (last: number) => appAt(last, Object.fromEntries(steps.filter((v) => v < last).map((v) => [v, step(v)])));
      const half = run(upTo(between), { title: 'x' }, from);
      expect(half.ok && run(upTo(to), half.value, between)).toEqual(run(upTo(to), { title: 'x' }, from));
    }),
  );
});

test('an up-caster that throws refuses the mutation', () => {
  const app = appAt(3, {
    2: () => {
      throw new Error('no title');
    },
  });
  expect(run(app, {}, 1)).toMatchObject({ ok: false, error: { code: 'UPCAST_FAILED', message: expect.stringContaining('no title') } });
});

test('fields newer than the app are refused', () => {
  expect(run(appAt(1, {}), {}, 2)).toMatchObject({ ok: false, error: { code: 'SCHEMA_AHEAD' } });
});
