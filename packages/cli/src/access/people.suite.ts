import * as z from 'zod';
import type { Ask, World } from './world.suite.ts';

// Who asks, and what is theirs.

let count = 0;
/** Another number each time: no two people share an address, no two mutations an id. */
const fresh = (): number => (count += 1);

const PASSWORD = 'correct horse battery';

/** A record of each app, and what an edit changes in it. */
interface Example {
  readonly collection: string;
  readonly fields: object;
  readonly edit: { readonly was: object; readonly fields: object };
}

const TITLE = { was: { title: 'Tides' }, fields: { title: 'Edited' } };
const EXAMPLES: Readonly<Record<string, Example>> = {
  'time-tracker': {
    collection: 'tasks',
    fields: { title: 'Tides', archived: false, tags: [], intervals: [], updatedAt: 1 },
    edit: TITLE,
  },
  'task-tracker': {
    collection: 'tasks',
    fields: { title: 'Tides', completed: false, priority: 'low', createdAt: '2026-01-01T00:00:00.000Z' },
    edit: TITLE,
  },
  repertoire: {
    collection: 'pieces',
    fields: {
      ...{ title: 'Tides', category: 'oli', lyrics: '', includeInPractice: true, isFavorite: false },
      ...{ createdAt: '2026-01-01T00:00:00.000Z', modifiedAt: '2026-01-01T00:00:00.000Z' },
    },
    edit: TITLE,
  },
  browsing: {
    collection: 'pageVisits',
    fields: { visitId: 'pv_1_1', anonymousClientId: 'browser', url: 'https://example.com/', duration: 1 },
    edit: { was: { duration: 1 }, fields: { duration: 2 } },
  },
  weekday: { collection: 'schedule_blocks', fields: { title: 'Tides', start: '07:00', end: '07:30' }, edit: TITLE },
};

export const exampleOf = (app: string): Example => {
  const example = EXAMPLES[app];
  if (example === undefined) throw new Error(`The access table needs an example of a record of ${app}.`);
  return example;
};

/** Ids by what they are of. */
export type IdKind = 'record' | 'category' | 'client' | 'conflict' | 'key' | 'session' | 'user';
export type Ids = Readonly<Record<IdKind, string>>;

export const RANDOM_IDS: Ids = {
  record: '7d2f1c3a-95a4-4d17-8c7e-0f7a6a5f9b11',
  category: '0c9b7f52-3f64-4f0a-9a53-5d7f1f0e2c64',
  client: 'nobodys-client',
  conflict: '5f0e2c640c9b7f523f644f0a9a535d7f',
  key: 'ZZZZZZZZZZZZ',
  session: 'AAAAAAAAAAAAAAAAAAAAAA',
  user: 'nobody',
};

const tokens = z.object({ accessToken: z.string(), user: z.object({ id: z.string() }) });
const list = z.object({ conflicts: z.array(z.object({ conflictId: z.string() })) });
const newKey = z.object({ key: z.string(), view: z.object({ id: z.string() }) });

export interface Person {
  readonly token: string;
  readonly accountId: string;
  readonly familyId: string;
  readonly readOnlyKey: string;
  readonly ids: Ids;
}

const signIn = async (ask: Ask, email: string, clientId?: string): Promise<z.output<typeof tokens>> =>
  tokens.parse((await ask('POST', '/auth/login', { body: { email, password: PASSWORD, clientId } })).json);

const sessionOf = (token: string): string => {
  const claims: unknown = JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString());
  return z.object({ sid: z.string() }).parse(claims).sid;
};

/** Registers; verifies the address unless told not to. */
export const register = async ({ ask, mailedToken }: World, email: string, isVerified = true): Promise<void> => {
  await ask('POST', '/auth/register', { body: { email, password: PASSWORD } });
  if (isVerified) await ask('POST', '/auth/verify-email', { body: { token: await mailedToken(email) } });
};

const push = async (ask: Ask, base: string, token: string, clientId: string, mutations: readonly object[]): Promise<void> => {
  const sent = mutations.map((mutation, i) => ({
    mutationId: `${clientId}-${i}-${fresh()}`,
    n: i + 1,
    at: 1,
    ...mutation,
  }));
  const body = { protocolVersion: 1, clientId, schemaVersion: 1, mutations: sent };
  const pushed = await ask('POST', `${base}/sync/push`, { token, body });
  if (pushed.answer !== '200' || JSON.stringify(pushed.json).includes('"rejected":[{')) throw new Error(JSON.stringify(pushed.json));
};

/** A record, a client, and a conflict: the record was deleted by one client while another one edited it. */
const fillSpace = async ({ ask }: World, app: string, token: string, name: string, recordId: string): Promise<string> => {
  const base = `/apps/${app}`;
  const { collection, fields, edit } = exampleOf(app);
  const about = { collection, op: 'put', fields, base: 0 };
  await push(ask, base, token, `${name}-phone`, [
    { ...about, id: recordId },
    { ...about, id: `${name}-gone` },
    { collection, id: `${name}-gone`, op: 'delete', was: fields, base: 0 },
  ]);
  await push(ask, base, token, `${name}-tablet`, [{ collection, id: `${name}-gone`, op: 'patch', ...edit, base: 2 }]);
  const { conflicts } = list.parse((await ask('GET', `${base}/sync/conflicts`, { token })).json);
  return conflicts[0]?.conflictId ?? '';
};

const UUIDS: Readonly<Record<string, string>> = {
  alice: '11111111-1111-4111-8111-111111111111',
  bob: '22222222-2222-4222-8222-222222222222',
};

/** A person with something of each kind in an app, signed in. */
export const openPerson = async (world: World, app: string, name: string): Promise<Person> => {
  const { ask } = world;
  const email = `${name}-${fresh()}@example.com`;
  await register(world, email);
  const { accessToken: token, user } = await signIn(ask, email);
  const other = await signIn(ask, email);
  const key = newKey.parse((await ask('POST', '/auth/keys', { token, body: { name: 'reader', scopes: ['read'] } })).json);
  const record = UUIDS[name] ?? '';
  const conflict = await fillSpace(world, app, token, name, record);
  const category = await openCategory(ask, app, token);
  const ids = {
    record,
    category,
    client: `${name}-phone`,
    conflict,
    key: key.view.id,
    session: sessionOf(other.accessToken),
    user: user.id,
  };
  return { token, accountId: user.id, familyId: sessionOf(token), readOnlyKey: key.key, ids };
};

const openCategory = async (ask: Ask, app: string, token: string): Promise<string> => {
  if (app !== 'task-tracker') return RANDOM_IDS.category;
  const made = await ask('POST', '/apps/task-tracker/categories', { token, body: { name: 'Sea' } });
  if (made.answer !== '201') throw new Error(JSON.stringify(made));
  return z.object({ data: z.object({ categoryId: z.string() }) }).parse(made.json).data.categoryId;
};

/** A session that is bound to a client, which was then revoked. */
export const openRevoked = async (world: World, app: string): Promise<string> => {
  const email = `lost-${fresh()}@example.com`;
  await register(world, email);
  const { accessToken } = await signIn(world.ask, email, 'lost-phone');
  await push(world.ask, `/apps/${app}`, accessToken, 'lost-phone', []);
  const revoked = await world.ask('DELETE', `/apps/${app}/devices/lost-phone`, { token: accessToken });
  if (revoked.answer !== '200') throw new Error(JSON.stringify(revoked.json));
  return accessToken;
};

/** Somebody who has not verified an address. */
export const openUnverified = async (world: World): Promise<string> => {
  const email = `new-${fresh()}@example.com`;
  await register(world, email, false);
  return (await signIn(world.ask, email)).accessToken;
};
