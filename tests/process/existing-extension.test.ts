import { isJsonObject, type JsonObject } from '@tidemark/protocol';
import { expect, test } from 'vitest';
import { freshFolder, noteSecret, serve } from './platform/tidemark-process.ts';

// The extension that is in the world, against `serve --app browsing` as a process that dies between two batches. Port 3001, where it
// looks for it, may be taken on a machine that tests: another stands in. The hour of an access token passes in v1.test.ts, which has
// the clock; here a token that is none stands in for an expired one.

const CREDENTIALS = { email: 'ada@example.com', password: 'correct horse battery' };
const BATCH = 1_000;
const STARTED = Date.UTC(2026, 2, 1, 10);

interface Session {
  access: string;
  readonly refresh: string;
}

const objectIn = (value: unknown): JsonObject => (isJsonObject(value) ? value : {});

const post = async (url: string, path: string, body: object, token?: string) => {
  const headers = { 'Content-Type': 'application/json', ...(token === undefined ? {} : { Authorization: `Bearer ${token}` }) };
  const response = await fetch(`${url}/api/v1${path}`, { method: 'POST', headers, body: JSON.stringify(body) });
  return { status: response.status, body: objectIn(await response.json()) };
};

const get = async (url: string, path: string, token: string): Promise<JsonObject> => {
  const response = await fetch(`${url}${path}`, { headers: { Authorization: `Bearer ${token}` } });
  expect(response.status).toBe(200);
  return objectIn(await response.json());
};

const register = async (url: string): Promise<Session> => {
  const { status, body } = await post(url, '/auth/register', CREDENTIALS);
  expect(status).toBe(201);
  const { access_token: access, refresh_token: refresh, ExpiresIn: seconds } = objectIn(body.data);
  expect(seconds).toBe(3_600);
  noteSecret(String(access));
  noteSecret(String(refresh));
  return { access: String(access), refresh: String(refresh) };
};

/** What the extension does with a batch: sends it, and once more after a 401 with another access token. */
const sync = async (url: string, session: Session, batch: object): Promise<JsonObject> => {
  const first = await post(url, '/data/sync', batch, session.access);
  if (first.status !== 401) {
    expect(first.status).toBe(200);
    return objectIn(first.body.data);
  }
  const refreshed = await post(url, '/auth/refresh', { refresh_token: session.refresh });
  expect(refreshed.status).toBe(200);
  session.access = String(objectIn(refreshed.body.data).access_token);
  noteSecret(session.access);
  const second = await post(url, '/data/sync', batch, session.access);
  expect(second.status).toBe(200);
  return objectIn(second.body.data);
};

const visits = Array.from({ length: BATCH }, (_, i) => {
  const timestamp = STARTED + i * 60_000;
  const times = { timestamp, endedAt: timestamp + 50_000, duration: 50_000, activeDuration: 30_000 };
  return { id: `pv_${timestamp}_7`, tabId: 7, url: `https://tides.example/${i}`, domain: 'tides.example', ...times, synced: false };
});
const aggregates = Array.from({ length: BATCH }, (_, tabId) => ({
  ...{ tabId, startTime: STARTED, lastActiveTime: STARTED + 1_000, totalActiveDuration: 1_000, pageCount: 1 },
  ...{ domainDurations: { 'tides.example': 1_000 }, currentUrl: 'https://tides.example/', currentDomain: 'tides.example' },
}));

const count = async (url: string, list: string, { access }: Session): Promise<number> => {
  const { data } = await get(url, `/api/${list}?limit=1000`, access);
  return Array.isArray(data) ? data.length : -1;
};

test('register, 1,000 visits, a killed server, 1,000 aggregates, a token that is refused, the same refresh token, logout', async () => {
  const data = await freshFolder();
  const args = ['--app', 'browsing', '--data', data];
  const first = await serve(args);
  const session = await register(first.url);
  const named = { anonymousClientId: 'laptop' };
  const none = { pageVisitsSynced: 0, tabAggregatesSynced: 0, rejected: [] };
  expect(await sync(first.url, session, { ...named, pageVisits: visits, tabAggregates: [] })).toEqual({ ...none, pageVisitsSynced: BATCH });
  await first.end('SIGKILL');

  const { url } = await serve(args);
  session.access = 'expired';
  const batch = { ...named, pageVisits: [], tabAggregates: aggregates };
  expect(await sync(url, session, batch)).toEqual({ ...none, tabAggregatesSynced: BATCH });
  // Nobody told it whether the first batch got there.
  expect(await sync(url, session, { ...named, pageVisits: visits })).toEqual({ ...none, pageVisitsSynced: BATCH });
  expect([await count(url, 'page-visits', session), await count(url, 'tab-aggregates', session)]).toEqual([BATCH, BATCH]);
  expect(objectIn((await get(url, '/api/v1/auth/me', session.access)).user).email).toBe(CREDENTIALS.email);

  for (let hour = 0; hour < 3; hour += 1) {
    expect((await post(url, '/auth/refresh', { refresh_token: session.refresh })).status).toBe(200);
  }
  expect((await post(url, '/auth/logout', {}, session.access)).body.success).toBe(true);
  const over = await post(url, '/auth/refresh', { refresh_token: session.refresh });
  expect([over.status, over.body.error]).toEqual([401, 'SESSION_ENDED']);
});
