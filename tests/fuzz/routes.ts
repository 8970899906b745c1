import type { Json } from '@tidemark/protocol';
import {
  pullRequestSchema,
  pushRequestSchema,
  renameDeviceSchema,
  resolveRequestSchema,
  restoreRequestSchema,
  syncRequestSchema,
} from '@tidemark/protocol/messages';
import fc from 'fast-check';
import * as z from 'zod';
import { arbitraryOf, type Hints } from './json-arbitrary.ts';

/** What a route takes, for the generator. */
export interface RouteShape {
  readonly body?: fc.Arbitrary<Json>;
  /** Parameters of the query and of the path, by name. */
  readonly query?: { readonly [name: string]: fc.Arbitrary<string> };
  readonly path?: { readonly [name: string]: fc.Arbitrary<string> };
}

const clientId = fc.integer({ min: 1, max: 20 }).map((n) => `c${n}`);
/** Few, so that not all are revoked. */
const pathClientId = fc.constantFrom('c1', 'c2');
const recordId = fc.constantFrom('t1', 't2', 't3', 'é', '😀');
const collection = fc.oneof({ weight: 8, arbitrary: fc.constant('tasks') }, fc.constantFrom('$conflicts', 'nothing'));
const small = fc.integer({ min: 0, max: 40 });
const time = fc.integer({ min: 0, max: 2 ** 42 });
const interval = fc.record({ start: time, end: time }, { requiredKeys: ['start'], noNullPrototype: true });
const taskFields = fc.record(
  {
    title: fc.string({ minLength: 1, maxLength: 20 }),
    archived: fc.boolean(),
    tags: fc.array(fc.constantFrom('a', 'b', 'c'), { maxLength: 3 }),
    intervals: fc.array(interval, { maxLength: 3 }),
    updatedAt: time,
    version: fc.integer({ min: 1, max: 9 }),
  },
  { requiredKeys: ['title', 'archived', 'tags', 'intervals', 'updatedAt'], noNullPrototype: true },
);

export const HINTS: Hints = {
  protocolVersion: fc.constant(1),
  schemaVersion: fc.constant(1),
  clientId,
  mutationId: fc.integer({ min: 1, max: 1_000_000 }).map((n) => `m${n}`),
  n: fc.integer({ min: 1, max: 40 }),
  collection,
  collections: fc.array(collection, { maxLength: 3 }),
  id: recordId,
  base: fc.integer({ min: 0, max: 3 }),
  at: time,
  fields: fc.oneof(taskFields, fc.constant({ title: 'patched' })),
  was: fc.oneof(taskFields, fc.constant({})),
  ifRevision: fc.integer({ min: 0, max: 3 }),
  group: fc.constantFrom('g1', 'g2'),
  epoch: fc.constant('no-epoch'),
  spaceId: fc.constant('no-space'),
  cursor: fc.constant('no-cursor'),
  asOf: time,
  seq: small,
};

const task = fc.tuple(recordId, taskFields).map(([id, fields]): Json => ({ id, ...fields }));
const number = small.map(String);
const path = { id: fc.constantFrom('t1', 'no-conflict', 'no-conflict'), clientId: pathClientId };
const pull = { clientId, cursor: fc.constant('no-cursor'), spaceId: fc.constant('no-space'), limit: number, collections: collection };
const fromSchema = (schema: z.ZodType): RouteShape => ({ body: arbitraryOf(schema, HINTS), path });
const nothing: RouteShape = { path };

/** Every route that an app does not describe in its OpenAPI document, relative to its mount. One that is missing fails the test. */
export const ROUTE_SHAPES: { readonly [route: string]: RouteShape } = {
  'GET /healthz': nothing,
  'GET /readyz': nothing,
  'GET /metrics': nothing,
  'POST /development/token': fromSchema(z.strictObject({ app: z.enum(['time-tracker', 'task-tracker']), user: z.string() })),
  'POST /sync/push': { ...fromSchema(pushRequestSchema), query: { dryRun: fc.constantFrom('true', 'false') } },
  'POST /sync/pull': fromSchema(pullRequestSchema),
  'POST /sync': fromSchema(syncRequestSchema),
  'GET /sync/live': { query: pull },
  'GET /sync/stream': { query: pull },
  'GET /sync/session': nothing,
  'GET /sync/conflicts': { query: { state: fc.constantFrom('open', 'resolved', 'all'), after: fc.string(), limit: number } },
  'POST /sync/conflicts/:id/resolve': fromSchema(resolveRequestSchema),
  'GET /sync/history': { query: { collection, id: recordId, before: number, limit: number } },
  'GET /sync/state': { query: { asOf: number, seq: number, after: fc.string(), limit: number } },
  'POST /sync/restore': fromSchema(restoreRequestSchema),
  'GET /sync/digest': nothing,
  'GET /export': nothing,
  'POST /import': {
    body: fc.constant({ format: 'tidemark-export', version: 1 }),
    query: { mode: fc.constantFrom('merge', 'replace'), dryRun: fc.constantFrom('true', 'false') },
  },
  'GET /devices': nothing,
  'PATCH /devices/:clientId': fromSchema(renameDeviceSchema),
  'DELETE /devices/:clientId': nothing,
  'GET /docs': {},
  'GET /openapi.json': {},
};

/** Routes whose description leaves open what they take. */
export const DETAILED_SHAPES: { readonly [route: string]: RouteShape } = {
  'POST /sync/upload': { body: fc.record({ tasks: fc.array(task, { maxLength: 5 }) }, { noNullPrototype: true }) },
};
