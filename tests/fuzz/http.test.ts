import { gzipSync } from 'node:zlib';
import { isJsonObject, type Json } from '@tidemark/protocol';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { hostileText, nearlyValid } from './json-arbitrary.ts';
import { heldBytes, type Sent, send } from './platform/send.ts';
import { APP_NAMES, openTarget, type Target } from './platform/target.ts';
import { type RouteShape, shapesOf } from './routes.ts';

/** Requests to each route; 20,000 for the record. */
const REQUESTS = Number(process.env.TIDEMARK_FUZZ ?? 150);
const ANSWER_MS_MAX = 3_000;
const MEMORY_MIB_MAX = 64;
const ANSWERED_SHARE_MIN = 0.7;
const timeout = 240_000 + REQUESTS * 1_000;

/** What answers have told: filled into messages in the place of `no-cursor`, `no-space` and the like. */
interface Known {
  readonly words: Map<string, string>;
  /** By client: the next number of a mutation. */
  readonly nextN: Map<string, number>;
}

/** Members of an answer, and the words that stand for them. */
const WORDS = {
  id: 'no-record',
  cursor: 'no-cursor',
  spaceId: 'no-space',
  epoch: 'no-epoch',
  conflictId: 'no-conflict',
  syncedAt: 'no-time',
};

interface Shot {
  readonly route: string;
  readonly body: Json | undefined;
  readonly query: { readonly [name: string]: string };
  readonly path: { readonly [name: string]: string };
  readonly headers: { readonly [name: string]: string };
  readonly token: 'right' | 'wrong' | 'none';
  readonly encoding: 'identity' | 'gzip' | 'broken';
  /** Replace what stands for a cursor, epoch and spaceId by real ones, and number mutations as they must be. */
  readonly real: boolean;
}

const spoiltTexts = (likely: RouteShape['path'] = {}) =>
  Object.fromEntries(Object.entries(likely).map(([name, text]) => [name, fc.oneof({ weight: 8, arbitrary: text }, hostileText)]));

/** Some of these texts. */
const someTexts = (likely: RouteShape['path'] = {}): fc.Arbitrary<{ readonly [name: string]: string }> =>
  fc
    .tuple(fc.record(spoiltTexts(likely), { noNullPrototype: true }), fc.subarray(Object.keys(likely)))
    .map(([all, kept]) => Object.fromEntries(Object.entries(all).filter(([name]) => kept.includes(name))));

/** What may stand in a header: other bytes are for raw.test.ts and whole.test.ts. */
const headerText = (text: string): string => text.replace(/[^\x20-\x7e\x80-\xff]/gu, '?').trim();

const shotOf = (route: string, { body, query, path, headers }: RouteShape): fc.Arbitrary<Shot> => {
  const asked = someTexts(query);
  const spoilt = asked.chain((some) => hostileText.map((unknown) => ({ ...some, unknown })));
  return fc.record({
    route: fc.constant(route),
    body: body === undefined ? fc.constant(undefined) : nearlyValid(body),
    query: fc.oneof({ weight: 9, arbitrary: asked }, spoilt),
    path: fc.record(spoiltTexts(path), { noNullPrototype: true }),
    headers: someTexts(headers),
    token: fc.oneof({ weight: 20, arbitrary: fc.constant('right' as const) }, fc.constantFrom('wrong', 'none')),
    encoding: fc.oneof({ weight: 10, arbitrary: fc.constant('identity' as const) }, fc.constantFrom('gzip', 'broken')),
    real: fc.oneof({ weight: 3, arbitrary: fc.constant(true) }, fc.constant(false)),
  });
};

const renumbered = (body: Json, known: Known): Json => {
  if (!isJsonObject(body) || !Array.isArray(body.mutations) || typeof body.clientId !== 'string') return body;
  const first = known.nextN.get(body.clientId) ?? 1;
  return { ...body, mutations: body.mutations.map((one, index) => (isJsonObject(one) ? { ...one, n: first + index } : one)) };
};

const realised = (text: string, { words }: Known): string =>
  [...words].reduce((now, [word, value]) => now.replaceAll(word, JSON.stringify(value).slice(1, -1)), text);

const learn = (text: string, body: Json | undefined, { words, nextN }: Known): void => {
  for (const [member, word] of Object.entries(WORDS)) {
    const found = new RegExp(`"${member}":"([^"\\\\]+)"`).exec(text)?.[1];
    if (found !== undefined) words.set(word, found);
  }
  const ackedN = /"ackedN":(\d+)/.exec(text)?.[1];
  if (isJsonObject(body) && typeof body.clientId === 'string' && ackedN !== undefined) nextN.set(body.clientId, Number(ackedN) + 1);
};

/** A lone half of a surrogate pair cannot be sent, and an empty segment is another route. */
const pathSegment = (text: string): string => encodeURIComponent(Buffer.from(text).toString()) || 'x';
const pathOf = (text: string, isWhole: boolean): string => (isWhole ? text.split('/').map(pathSegment).join('/') : pathSegment(text));

const fire = async (target: Target, shot: Shot, known: Known): Promise<Sent> => {
  const [method = 'GET', pattern = '/'] = shot.route.split(' ');
  const real = (text: string): string => (shot.real ? realised(text, known) : text);
  const path = pattern.replace(/:(\w+)|\*/g, (whole, name: string = whole) => pathOf(real(shot.path[name] ?? 'x'), name === '*'));
  const query = real(new URLSearchParams(shot.query).toString());
  const json = shot.body === undefined ? undefined : real(JSON.stringify(shot.real ? renumbered(shot.body, known) : shot.body));
  const body = json === undefined ? undefined : shot.encoding === 'gzip' ? new Uint8Array(gzipSync(json)) : json;
  const headers = {
    ...Object.fromEntries(Object.entries(shot.headers).map(([name, text]) => [name, headerText(real(text))])),
    ...(shot.token === 'none' ? {} : { Authorization: `Bearer ${shot.token === 'right' ? target.token : 'x.y.z'}` }),
    ...(body === undefined ? {} : { 'Content-Type': 'application/json' }),
    ...(body === undefined || shot.encoding === 'identity' ? {} : { 'Content-Encoding': 'gzip' }),
  };
  const sent = await send(target.address(pattern).replace(pattern, path) + (query === '' ? '' : `?${query}`), {
    method,
    headers,
    ...(body === undefined ? {} : { body }),
  });
  if (sent.status === 200) learn(sent.text, shot.body, known);
  return sent;
};

const check = (route: string, { status, text, ms }: Sent): void => {
  expect(status, text).toBeLessThan(500);
  // The description of an app names these codes, too.
  expect(text).not.toMatch(/"code":\s*"(PLANNER_FAILED|INTERNAL)"/);
  expect(ms).toBeLessThan(ANSWER_MS_MAX);
  // A file says without a body that it has not so many bytes (416).
  if (status >= 400 && !route.startsWith('HEAD ') && status !== 416) expect(JSON.parse(text)).toHaveProperty('error');
  expect(Object.hasOwn(Object.prototype, 'polluted')).toBe(false);
};

const shapesAt = async (target: Target, name: string): Promise<{ readonly [route: string]: RouteShape }> => {
  const { text } = await send(target.address('/openapi.json'), {});
  return shapesOf(name, JSON.parse(text), target.routes);
};

test.each(APP_NAMES)('every route of %s has a shape, and every shape a route', { timeout }, async (name) => {
  const target = await openTarget(name);
  expect([...target.routes].sort()).toEqual(Object.keys(await shapesAt(target, name)).sort());
});

test.each(APP_NAMES)(`${REQUESTS} requests to every route of %s: none fails it, and it is sound afterwards`, { timeout }, async (name) => {
  const target = await openTarget(name);
  const shapes = Object.entries(await shapesAt(target, name));
  const known: Known = { words: new Map(), nextN: new Map() };
  const statuses = new Map<string, number>();
  const memoryBefore = await heldBytes();
  const shots = shapes.map(([route, shape]) => shotOf(route, shape));
  await fc.assert(
    fc.asyncProperty(fc.oneof(...shots), async (shot) => {
      const sent = await fire(target, shot, known);
      check(shot.route, sent);
      const kind = `${shot.route} ${sent.status}`;
      statuses.set(kind, (statuses.get(kind) ?? 0) + 1);
    }),
    { numRuns: REQUESTS * shots.length },
  );
  expect(target.errors).toEqual([]);
  expect(await target.problems()).toEqual([]);
  const grownMiB = ((await heldBytes()) - memoryBefore) / 2 ** 20;
  expect(grownMiB).toBeLessThan(MEMORY_MIB_MAX);
  const totals = new Map<string, number>();
  for (const [kind, times] of statuses) totals.set(kind.slice(-3), (totals.get(kind.slice(-3)) ?? 0) + times);
  console.log([...totals].map(([status, times]) => `${status} × ${times}`).join(', '), `${grownMiB.toFixed(0)} MiB more held`);
  // What needs the id of a record that is there by then comes about by chance; most routes must have come to an end, though.
  const answered = shapes.filter(([route]) => [...statuses.keys()].some((kind) => kind.startsWith(`${route} 2`)));
  expect(answered.length / shapes.length).toBeGreaterThan(ANSWERED_SHARE_MIN);
});
