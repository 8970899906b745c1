import { expect, test } from 'vitest';
import { moment } from './platform/moment.ts';
import { freshFolder, type RunningServer, serve } from './platform/tidemark-process.ts';
import { chooseSeed, seededRandom } from './seeded-random.ts';

const KILLS = 12;
const SESSIONS = 4;
const PASSWORD = 'correct horse battery';

const post = async (url: string, path: string, body: object): Promise<Response | 'cut'> => {
  try {
    const response = await fetch(`${url}${path}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
      signal: AbortSignal.timeout(20_000),
    });
    return new Response(await response.text(), { status: response.status });
  } catch {
    return 'cut';
  }
};

const refreshTokenOf = async (response: Response | 'cut'): Promise<string | undefined> => {
  if (response === 'cut') return undefined;
  const body: { readonly refreshToken?: string } = await response.json();
  expect(response.status, JSON.stringify(body)).toBe(200);
  return body.refreshToken;
};

/** A client that refreshes all the time and keeps what came back; it goes on with what it had where the answer was cut off. */
const refreshUntilCut = async (
  url: string,
  token: string,
  onRefresh: () => void,
): Promise<{ readonly token: string; readonly refreshes: number }> => {
  let held = token;
  for (let refreshes = 0; ; refreshes += 1) {
    const next = await refreshTokenOf(await post(url, '/auth/refresh', { refreshToken: held }));
    if (next === undefined) return { token: held, refreshes };
    held = next;
    onRefresh();
  }
};

const signIn = async (server: RunningServer, email: string): Promise<string> => {
  await post(server.url, '/auth/register', { email, password: PASSWORD });
  return (await refreshTokenOf(await post(server.url, '/auth/login', { email, password: PASSWORD }))) ?? '';
};

test('kill -9 while sessions refresh signs nobody out: what was acknowledged is there, and what was not is asked again', async () => {
  const seed = chooseSeed();
  const random = seededRandom(seed);
  const data = await freshFolder();
  let server = await serve(['--data', data]);
  let tokens = await Promise.all(Array.from({ length: SESSIONS }, (_, i) => signIn(server, `person${i}@example.com`)));
  let total = 0;
  for (let kill = 0; kill < KILLS; kill += 1) {
    let warm = (): void => {};
    const refreshed = new Promise<void>((resolve) => {
      warm = resolve;
    });
    const refreshing = tokens.map((token) => refreshUntilCut(server.url, token, warm));
    await refreshed;
    await moment(random() * 100);
    await server.end('SIGKILL');
    const held = await Promise.all(refreshing);
    total += held.reduce((sum, { refreshes }) => sum + refreshes, 0);
    tokens = held.map(({ token }) => token);
    server = await serve(['--data', data]);
  }
  for (const token of tokens) expect(await refreshTokenOf(await post(server.url, '/auth/refresh', { refreshToken: token }))).toBeDefined();
  expect((await server.end('SIGTERM')).code).toBe(0);
  expect(total).toBeGreaterThanOrEqual(KILLS);
  console.log(`seed ${seed}: ${KILLS} kills, ${total} refreshes, nobody signed out`);
});
