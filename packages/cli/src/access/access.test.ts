import { afterAll, beforeAll, expect, test } from 'vitest';
import { APPS } from '../apps.ts';
import { exampleOf, openPerson, openRevoked, openUnverified, type Person, RANDOM_IDS } from './people.suite.ts';
import {
  ACCOUNTS,
  BROWSING,
  type Needs,
  nativeRows,
  REPERTOIRE,
  ROOT,
  type Row,
  TASK_TRACKER,
  TIME_TRACKER,
  WEEKDAY,
} from './rows.suite.ts';
import { type Asked, openWorld, VERIFIED_ONLY, type World } from './world.suite.ts';

// Every route of the whole server × every kind of credential × own, foreign, random and malformed ids.

const OWN_ROUTES: Readonly<Record<string, Readonly<Record<string, Row>>>> = {
  'time-tracker': TIME_TRACKER,
  'task-tracker': TASK_TRACKER,
  repertoire: REPERTOIRE,
  browsing: BROWSING,
  weekday: WEEKDAY,
};

/** One route of the server: its row under one base. */
interface Place {
  readonly method: string;
  readonly path: string;
  readonly row: Row;
  /** The app whose mount it stands under. */
  readonly app: string | undefined;
}

const placesOf = (base: string, rows: Readonly<Record<string, Row>>, app?: string): readonly Place[] =>
  Object.entries(rows).map(([name, row]) => {
    const [method = '', path = ''] = name.split(' ');
    return { method, path: base + path, row, app };
  });

const PLACES: readonly Place[] = [
  ...placesOf('', ROOT),
  ...placesOf('', ACCOUNTS),
  ...APPS.flatMap(({ name }) =>
    placesOf(`/apps/${name}`, { ...nativeRows(exampleOf(name).collection), ...ACCOUNTS, ...OWN_ROUTES[name] }, name),
  ),
];

const MALFORMED_ID = 'x'.repeat(300);

const request = (world: World, { method, path, row }: Place, token: string | undefined, id: string): Promise<Asked> => {
  const at = path.replace(/:\w+/, encodeURIComponent(id)) + (row.query ?? '').replace('ID', encodeURIComponent(id));
  const body = row.body === undefined ? undefined : JSON.parse(JSON.stringify(row.body).replace('"ID"', JSON.stringify(id)));
  return world.ask(method, at, { token, body, hide: row.id === undefined ? undefined : id });
};

const REFUSED = '401 UNAUTHENTICATED';

/** Credentials that are no good, and what each gets where somebody must be signed in. */
const badCredentials = async (
  world: World,
  app: string,
  person: Person,
): Promise<readonly (readonly [string, string | undefined, string])[]> => [
  ['no token', undefined, REFUSED],
  ['expired', await world.expired(person.accountId, person.familyId), REFUSED],
  ['wrong issuer', await world.ofAnotherIssuer(), REFUSED],
  ['wrong audience', await world.ofAnotherAudience(), REFUSED],
  ['revoked device', await openRevoked(world, app), '403 CLIENT_REVOKED'],
];

const isOpenTo = (needs: Needs, credential: 'reading key'): boolean => credential === 'reading key' && needs === 'read';
const readingKeyGets: Readonly<Record<Exclude<Needs, 'open' | 'read'>, string>> = { account: REFUSED, write: '403 FORBIDDEN' };

const checkPlace = async (world: World, place: Place) => {
  const { row } = place;
  const app = place.app ?? 'time-tracker';
  const alice = await openPerson(world, app, 'alice');
  const bob = await openPerson(world, app, 'bob');
  const kind = row.id ?? 'record';
  const found: Record<string, string> = {};
  const expected: Record<string, string> = {};
  const cell = async (name: string, token: string | undefined, id: string, answer: string) => {
    const asked = await request(world, place, token, id);
    found[name] = asked.answer;
    expected[name] = answer;
    return asked;
  };
  const own = alice.ids[kind];
  const isOpen = row.needs === 'open';
  for (const [name, token, refusal] of await badCredentials(world, app, alice)) {
    await cell(name, token, own, isOpen ? row.own : refusal);
  }
  const isShut = VERIFIED_ONLY.has(app) && place.app !== undefined && (row.needs === 'read' || row.needs === 'write');
  const strangers = row.foreign ?? row.own;
  await cell('unverified', await openUnverified(world), own, isShut ? '403 EMAIL_NOT_VERIFIED' : strangers);
  const forKey = row.needs === 'account' || row.needs === 'write' ? readingKeyGets[row.needs] : row.own;
  if (!isOpenTo(row.needs, 'reading key') && !isOpen) await cell('read-only key', alice.readOnlyKey, own, forKey);
  if (row.id !== undefined) {
    await cell('other user, own id', bob.token, own, strangers);
    await cell('malformed id', alice.token, MALFORMED_ID, row.malformed ?? strangers);
    const foreign = await cell('foreign id', alice.token, bob.ids[kind], strangers);
    const random = await cell('random id', alice.token, RANDOM_IDS[kind], strangers);
    expect(foreign.seen).toBe(random.seen);
  } else if (!isOpen) await cell('other user', bob.token, own, row.own);
  if (isOpenTo(row.needs, 'reading key') || isOpen) await cell('read-only key', alice.readOnlyKey, own, forKey);
  await cell('own', alice.token, own, row.own);
  return { found, expected };
};

let world: World;
beforeAll(async () => {
  world = await openWorld();
}, 30_000);
afterAll(() => world.close());

test('every route has a row, and every row a route', () => {
  expect([...new Set(world.routes)].sort()).toEqual(PLACES.map(({ method, path }) => `${method} ${path}`).sort());
});

test.each(PLACES.map((place) => [`${place.method} ${place.path}`, place] as const))('%s', async (_, place) => {
  const { found, expected } = await checkPlace(world, place);
  expect(found).toEqual(expected);
});

test('no line of the log holds any of the credentials that were sent', () => {
  const log = world.lines.join('');
  const parts = [...world.credentials].flatMap((credential) => [credential, ...credential.split('.')]);
  expect(parts.length).toBeGreaterThan(PLACES.length);
  expect(parts.filter((part) => part.length >= 16 && log.includes(part))).toEqual([]);
});
