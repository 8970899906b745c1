import { isJsonObject, type Json } from '@tidemark/protocol';
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
import { shapesDescribed } from './described.ts';
import { arbitraryOf, type Hints } from './json-arbitrary.ts';

/** What a route takes, for the generator. */
export interface RouteShape {
  readonly body?: fc.Arbitrary<Json>;
  /** Parameters of the query and of the path, by name. */
  readonly query?: { readonly [name: string]: fc.Arbitrary<string> };
  readonly path?: { readonly [name: string]: fc.Arbitrary<string> };
  /** Headers by name, beside those that every request may have. */
  readonly headers?: { readonly [name: string]: fc.Arbitrary<string> };
}

const clientId = fc.integer({ min: 1, max: 20 }).map((n) => `c${n}`);
/** Few, so that not all are revoked. */
const pathClientId = fc.constantFrom('c1', 'c2');
const recordId = fc.constantFrom('t1', 't2', 't3', 'é', '😀');
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

const uuid = fc.constantFrom('3F2504E0-4F89-41D3-9A0C-0305E82C3301', '3f2504e0-4f89-41d3-9a0c-0305e82c3302');
const iso = fc.constantFrom('2026-03-01T10:00:00Z', '2026-03-01T10:00:00.5Z', '2026-02-28T23:00:00.000+13:00', '2099-01-01T00:00:00Z');
const pieceContent = {
  title: fc.string({ minLength: 1, maxLength: 20 }),
  category: fc.constantFrom('oli', 'mele'),
  lyrics: fc.string({ maxLength: 40 }),
  notes: fc.string({ maxLength: 40 }),
  includeInPractice: fc.boolean(),
  isFavorite: fc.boolean(),
  createdAt: iso,
  modifiedAt: iso,
};
const needed = ['title', 'category', 'lyrics', 'includeInPractice', 'isFavorite', 'createdAt', 'modifiedAt'] as const;
const pieceFields = fc.record(pieceContent, { requiredKeys: [...needed], noNullPrototype: true });
const piece = fc.record(
  { ...pieceContent, pieceId: uuid, version: fc.integer({ min: 0, max: 5_000 }), locallyModified: fc.boolean() },
  { requiredKeys: [...needed, 'pieceId', 'version', 'locallyModified'], noNullPrototype: true },
);
const session = fc.record(
  { sessionId: uuid, pieceId: uuid, startedAt: iso, endedAt: iso, endedAtSource: fc.constantFrom('manual', 'automatic'), createdAt: iso },
  { requiredKeys: ['sessionId', 'pieceId', 'startedAt', 'createdAt'], noNullPrototype: true },
);
const address = fc.constantFrom('https://tides.example/a', 'http://user@site.example:81/?q=1', 'about:blank', 'javascript:alert(1)');
const moment = fc.integer({ min: 0, max: 4 }).map((hours) => 1_772_359_200_000 + hours * 3_600_000);
const span = fc.integer({ min: 0, max: 100_000 });
const browser = fc.constantFrom('laptop', 'phone');
const visit = fc.record(
  {
    id: fc.constantFrom('pv_1772359200000_7', 'pv_1772359200000_8', 'odd'),
    url: address,
    tabId: fc.integer({ min: -1, max: 3 }),
    timestamp: moment,
    endedAt: fc.oneof(moment, fc.constant(null)),
    duration: span,
    activeDuration: span,
    title: fc.string({ maxLength: 20 }),
    metadata: fc.dictionary(fc.constantFrom('a', 'toJSON', 'length'), fc.oneof(span, fc.constant({ deep: [1] })), {
      noNullPrototype: true,
    }),
    idlePeriods: fc.array(fc.record({ start: moment, end: moment }, { noNullPrototype: true }), { maxLength: 3 }),
    anonymousClientId: browser,
  },
  { requiredKeys: ['id', 'url'], noNullPrototype: true },
);
const aggregate = fc.record(
  {
    tabId: fc.integer({ min: -1, max: 3 }),
    totalActiveDuration: span,
    startTime: moment,
    lastActiveTime: moment,
    domainDurations: fc.dictionary(fc.constantFrom('tides.example', 'toString'), span, { noNullPrototype: true }),
    currentUrl: address,
    anonymousClientId: browser,
  },
  { requiredKeys: ['tabId', 'totalActiveDuration'], noNullPrototype: true },
);
const visitFields = fc.record(
  { visitId: fc.constantFrom('v1', 'v2'), anonymousClientId: browser, url: address, startedAt: moment, duration: span },
  { requiredKeys: ['visitId', 'anonymousClientId', 'url'], noNullPrototype: true },
);

const timeOfDay = fc.constantFrom('06:30', '24:00', '7:30', '25:00');
const blockFields = fc.record(
  {
    title: fc.string({ maxLength: 20 }),
    start: timeOfDay,
    end: timeOfDay,
    order: fc.constantFrom('A', 'V', 'A0'),
    more: fc.constant({ x: 1 }),
  },
  { requiredKeys: ['title'], noNullPrototype: true },
);
/** What the planner keeps in localStorage, of any version. */
const keptValue = fc.record(
  {
    version: fc.constantFrom(0, 1, 2, 3, '1'),
    schedule: fc.array(blockFields, { maxLength: 3 }),
    completion: fc.dictionary(fc.constantFrom('2026-03-01', '2026-02-31'), fc.dictionary(fc.constantFrom('a', 'b'), fc.boolean())),
    log: fc.array(fc.record({ date: fc.constantFrom('2026-03-01', 'never'), bw: fc.constantFrom('80', 80, -1) }), { maxLength: 2 }),
    toString: fc.constant(1),
  },
  { requiredKeys: [], noNullPrototype: true },
);

/** What native clients of an app write: to which collection, and which fields. */
const RECORDS: { readonly [app: string]: { readonly collection: string; readonly fields: fc.Arbitrary<Json> } } = {
  repertoire: { collection: 'pieces', fields: pieceFields },
  browsing: { collection: 'pageVisits', fields: visitFields },
  weekday: { collection: 'schedule_blocks', fields: blockFields },
};

const likely = (app: string) => {
  const { collection, fields } = RECORDS[app] ?? { collection: 'tasks', fields: taskFields };
  return {
    fields: fc.oneof(fields, fc.constant({ title: 'patched' })),
    was: fc.oneof(fields, fc.constant({})),
    collection: fc.oneof({ weight: 8, arbitrary: fc.constant(collection) }, fc.constantFrom('$conflicts', 'nothing')),
  };
};

/** Likely values for the messages of an app. */
const hintsOf = (app: string): Hints => {
  const { collection, fields, was } = likely(app);
  return { ...HINTS, fields, was, collection, collections: fc.array(collection, { maxLength: 3 }) };
};

const HINTS: Hints = {
  protocolVersion: fc.constant(1),
  schemaVersion: fc.constant(1),
  clientId,
  mutationId: fc.integer({ min: 1, max: 1_000_000 }).map((n) => `m${n}`),
  n: fc.integer({ min: 1, max: 40 }),
  id: recordId,
  base: fc.integer({ min: 0, max: 3 }),
  at: time,
  ifRevision: fc.integer({ min: 0, max: 3 }),
  group: fc.constantFrom('g1', 'g2'),
  epoch: fc.constant('no-epoch'),
  spaceId: fc.constant('no-space'),
  cursor: fc.constant('no-cursor'),
  asOf: time,
  email: fc.constantFrom('ann@example.com', 'bob@example.com'),
  password: fc.constantFrom('correct horse battery', 'another horse battery'),
  seq: small,
};

const task = fc.tuple(recordId, taskFields).map(([id, fields]): Json => ({ id, ...fields }));
const number = small.map(String);
const path = { id: fc.constantFrom('t1', 'no-conflict', 'no-conflict'), clientId: pathClientId };
const fileHeaders = {
  Range: fc.constantFrom('bytes=0-1', 'bytes=-1', 'bytes=9-1', 'bytes=0-99999999999999999999', 'none'),
  'If-Modified-Since': fc.constantFrom('Thu, 01 Jan 1970 00:00:00 GMT', 'never'),
  'Accept-Encoding': fc.constantFrom('gzip', 'br;q=x', '*'),
};
/** Of the page: what is there, and what must not be found. */
const file: RouteShape = {
  path: { '*': fc.constantFrom('index.html', 'assets/index-1.js', 'assets', 'assets/', '../tidemark.db', 'assets/%2e%2e/x', '.git') },
  headers: fileHeaders,
};

/** Every route that an app does not describe in its OpenAPI document, relative to its mount. One that is missing fails the test. */
const routeShapesOf = (app: string): { readonly [route: string]: RouteShape } => {
  const hints = hintsOf(app);
  const { collection } = likely(app);
  const pull = { clientId, cursor: fc.constant('no-cursor'), spaceId: fc.constant('no-space'), limit: number, collections: collection };
  const fromSchema = (schema: z.ZodType): RouteShape => ({ body: arbitraryOf(schema, hints), path });
  const nothing: RouteShape = { path };
  return {
    'GET /healthz': nothing,
    'GET /readyz': nothing,
    'GET /metrics': nothing,
    'POST /development/token': fromSchema(
      z.strictObject({ app: z.enum(['time-tracker', 'task-tracker', 'repertoire', 'browsing', 'weekday']), user: z.string() }),
    ),
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
    'GET /import': nothing,
    'POST /import': {
      body: fc.constant({ format: 'tidemark-export', version: 1 }),
      query: importQuery,
    },
    'GET /devices': nothing,
    'PATCH /devices/:clientId': fromSchema(renameDeviceSchema),
    'DELETE /devices/:clientId': nothing,
    'GET /docs': {},
    'GET /openapi.json': {},
    'GET /dev/mail': nothing,
    'GET /dev/mail.json': nothing,
    'GET /*': file,
    'HEAD /*': file,
  };
};

const importQuery = { mode: fc.constantFrom('merge', 'replace'), dryRun: fc.constantFrom('true', 'false') };

/** What each route of an app takes: its own shape, which knows what fits, or that of the app's description. */
export const shapesOf = (app: string, openApi: Json, routes: readonly string[]): { readonly [route: string]: RouteShape } => {
  const described = shapesDescribed(isJsonObject(openApi) ? openApi : {}, hintsOf(app));
  const detailed = Object.entries(detailedShapesOf(app)).filter(([route]) => routes.includes(route));
  const own = Object.entries(routeShapesOf(app)).map(([route, shape]) => {
    return [route, { ...shape, headers: { ...described[route]?.headers, ...shape.headers } }] as const;
  });
  return { ...described, ...Object.fromEntries(own), ...Object.fromEntries(detailed) };
};

/** Routes of an app whose description leaves open what they take. */
const detailedShapesOf = (app: string): { readonly [route: string]: RouteShape } =>
  app === 'weekday' ? { 'POST /import': { body: keptValue, query: importQuery } } : DETAILED_SHAPES;

const DETAILED_SHAPES: { readonly [route: string]: RouteShape } = {
  'POST /sync/upload': { body: fc.record({ tasks: fc.array(task, { maxLength: 5 }) }, { noNullPrototype: true }) },
  'POST /pieces': {
    body: fc.record(
      {
        operation: fc.constantFrom('sync', 'upload', 'download'),
        pieces: fc.array(piece, { maxLength: 3 }),
        lastSyncedAt: fc.oneof(fc.constant('no-time'), fc.constant(''), iso),
      },
      { requiredKeys: [], noNullPrototype: true },
    ),
  },
  'POST /sessions': {
    body: fc.record(
      { sessions: fc.array(session, { maxLength: 3 }), lastSyncedAt: fc.constant('no-time') },
      { requiredKeys: ['sessions'], noNullPrototype: true },
    ),
  },
  'POST /api/sync/page-visits': { body: fc.record({ visits: fc.array(visit, { maxLength: 4 }) }, { noNullPrototype: true }) },
  'POST /api/sync/tab-aggregates': { body: fc.record({ aggregates: fc.array(aggregate, { maxLength: 4 }) }, { noNullPrototype: true }) },
  'POST /api/v1/data/sync': {
    body: fc.record(
      { anonymousClientId: browser, pageVisits: fc.array(visit, { maxLength: 3 }), tabAggregates: fc.array(aggregate, { maxLength: 3 }) },
      { requiredKeys: [], noNullPrototype: true },
    ),
  },
};
