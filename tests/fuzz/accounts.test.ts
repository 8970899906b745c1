import { isJsonObject, type Json } from '@tidemark/protocol';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { ACCOUNT_SHAPES, bodyOf } from './account-routes.ts';
import { hostileText, nearlyValid } from './json-arbitrary.ts';
import { type AccountsTarget, openAccountsTarget } from './platform/accounts-target.ts';
import { heldBytes, type Sent, send } from './platform/send.ts';

/** Requests to each route; 20,000 for the record. */
const REQUESTS = Number(process.env.TIDEMARK_FUZZ ?? 150);
const ANSWER_MS_MAX = 3_000;
const MEMORY_MIB_MAX = 64;
const timeout = 240_000 + REQUESTS * 1_000;

// Words that are replaced by what answers and mails have told.
type Word = 'no-access' | 'no-refresh' | 'no-session' | 'no-key';

interface Shot {
  readonly route: string;
  readonly body: Json | undefined;
  readonly id: string;
  readonly query: string;
  readonly token: 'right' | 'wrong' | 'none';
}

const pathId = fc.oneof({ weight: 4, arbitrary: fc.constantFrom<string>('no-session', 'no-key') }, hostileText);
const query = fc.oneof(
  fc.constant(''),
  fc.constantFrom('limit=3', 'token=no-mail', 'before=x'),
  hostileText.map((text) => `limit=${text}`),
);
const token = fc.oneof({ weight: 8, arbitrary: fc.constant('right' as const) }, fc.constantFrom('wrong' as const, 'none' as const));

const shotOf = (route: string, valid: fc.Arbitrary<Json> | undefined): fc.Arbitrary<Shot> =>
  fc.record({
    route: fc.constant(route),
    body: valid === undefined ? fc.constant(undefined) : nearlyValid(valid),
    id: pathId,
    query,
    token,
  });

const learn = (text: string, known: Map<Word, string>): void => {
  const note = (word: Word, pattern: RegExp): void => {
    const found = pattern.exec(text)?.[1];
    if (found !== undefined) known.set(word, found);
  };
  note('no-access', /"accessToken":"([^"]+)"/);
  note('no-refresh', /"refreshToken":"([^"]+)"/);
  note('no-session', /"sessions":\[\{"id":"([^"]+)"/);
  note('no-key', /"keys?":\[?\{"id":"([^"]+)"/);
};

const FORM = 'application/x-www-form-urlencoded';

/** The body as a page's form sends it, or as JSON. */
const written = (body: Json, type: string): string => {
  if (type !== FORM) return JSON.stringify(body);
  const fields = isJsonObject(body) ? Object.entries(body) : [['token', body] as const];
  return new URLSearchParams(fields.map(([name, value]) => [name, typeof value === 'string' ? value : JSON.stringify(value)])).toString();
};

const fire = async (target: AccountsTarget, shot: Shot, known: Map<Word, string>): Promise<Sent> => {
  const [method = 'GET', pattern = '/'] = shot.route.split(' ');
  const secret = target.mailed(pattern.replace(/\/(redeem|confirm|page)$/, '')) ?? 'x';
  const words: readonly (readonly [string, string])[] = [...known, ['no-mail', secret]];
  const real = (text: string): string => words.reduce((now, [word, value]) => now.replaceAll(word, value), text);
  const path = pattern.replace(':id', encodeURIComponent(Buffer.from(real(shot.id)).toString()) || 'x');
  const search = real(new URLSearchParams(shot.query).toString());
  const type = pattern.endsWith('/page') ? FORM : 'application/json';
  const text = shot.body === undefined ? undefined : real(written(shot.body, type));
  const bearer = shot.token === 'right' ? (known.get('no-access') ?? 'x') : 'x.y.z';
  return send(`${target.url}${path}${search === '' ? '' : `?${search}`}`, {
    method,
    headers: {
      ...(shot.token === 'none' ? {} : { Authorization: `Bearer ${bearer}` }),
      ...(text === undefined ? {} : { 'Content-Type': type }),
    },
    ...(text === undefined ? {} : { body: text }),
  });
};

const isError = (text: string): boolean => {
  const answer: Json = JSON.parse(text);
  return isJsonObject(answer) && isJsonObject(answer.error);
};

const check = ({ status, text, ms }: Sent): void => {
  expect(status, text).toBeLessThan(500);
  expect(ms).toBeLessThan(ANSWER_MS_MAX);
  if (status >= 400 && !text.startsWith('<')) expect(isError(text), text).toBe(true);
  expect(Object.hasOwn(Object.prototype, 'polluted')).toBe(false);
};

test('every route of accounts has a shape, and every shape a route', { timeout }, async () => {
  const target = await openAccountsTarget();
  expect([...target.routes].sort()).toEqual(Object.keys(ACCOUNT_SHAPES).sort());
});

test(`${REQUESTS} requests to every route of accounts: none fails it, and it is sound afterwards`, { timeout }, async () => {
  const target = await openAccountsTarget();
  const known = new Map<Word, string>();
  const statuses = new Map<string, number>();
  const memoryBefore = await heldBytes();
  // Whoever deletes the account or ends all sessions ends the others' chances: such requests are rare.
  const rare = /^(DELETE \/auth\/me|POST \/auth\/logout.*|DELETE \/auth\/sessions.*)$/;
  const shots = Object.entries(ACCOUNT_SHAPES).map(([route, shape]) => ({
    weight: rare.test(route) ? 1 : 6,
    arbitrary: shotOf(route, shape),
  }));
  const signIns = {
    weight: 30,
    arbitrary: shotOf(
      'POST /auth/login',
      bodyOf({ email: fc.constant('ann@example.com'), password: fc.constant('correct horse battery') }, ['email', 'password']),
    ),
  };
  await fc.assert(
    fc.asyncProperty(fc.oneof(signIns, ...shots), async (shot) => {
      const sent = await fire(target, shot, known);
      check(sent);
      learn(sent.text, known);
      const kind = `${shot.route} ${sent.status}`;
      statuses.set(kind, (statuses.get(kind) ?? 0) + 1);
    }),
    { numRuns: REQUESTS * shots.length, endOnFailure: true },
  );
  expect(target.errors).toEqual([]);
  expect(await target.problems()).toEqual([]);
  expect(((await heldBytes()) - memoryBefore) / 2 ** 20).toBeLessThan(MEMORY_MIB_MAX);
  const answered = Object.keys(ACCOUNT_SHAPES).filter((route) => [...statuses.keys()].some((kind) => kind.startsWith(`${route} 2`)));
  console.log(
    `${answered.length} of ${shots.length} routes answered 2xx; never: ${Object.keys(ACCOUNT_SHAPES)
      .filter((route) => !answered.includes(route))
      .join(', ')}`,
  );
  expect(answered.length / shots.length).toBeGreaterThan(0.7);
});
