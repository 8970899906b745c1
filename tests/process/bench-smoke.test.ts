import { existsSync, readFileSync } from 'node:fs';
import { Agent, request } from 'node:http';
import type { Socket } from 'node:net';
import { join } from 'node:path';
import { timeTracker } from '@tidemark/apps/time-tracker';
import { browserEnv, createMemoryStore, openClient } from '@tidemark/client';
import { createEngine, type Engine } from '@tidemark/engine';
import type { Result } from '@tidemark/protocol';
import { createNodeEnv } from '@tidemark/server';
import { openSqliteStorage } from '@tidemark/storage/sqlite';
import { expect, onTestFinished, test, vi } from 'vitest';
import { pushOfTasks, taskFields, taskId } from '../../bench/tasks.ts';
import { callerOf, success } from './platform/http.ts';
import { freshFolder, serve, tokenOf } from './platform/tidemark-process.ts';
import { counted } from './statement-count.ts';

// The bench's hot paths by counted operations: what fails here has changed in kind, whatever else the machine is doing.

vi.mock('@photostructure/sqlite', async (original) => {
  const { counting } = await import('./statement-count.ts');
  return counting(await original<typeof import('@photostructure/sqlite')>());
});

const CLIENTS = 50;
const spaceOf = (user: string) => ({ app: timeTracker.name, key: `${timeTracker.name}/${user}` });

const unwrap = <T>(result: Result<T>): T => {
  if (!result.ok) throw new Error(`${result.error.code}: ${result.error.message}`);
  return result.value;
};

interface Opened {
  readonly engine: Engine;
  /** Commits so far: how many appends shared each. */
  readonly commits: readonly number[];
  close(): Promise<void>;
}

const open = async (file: string): Promise<Opened> => {
  const env = createNodeEnv();
  const commits: number[] = [];
  const onCommit = ({ appends }: { readonly appends: number }): void => void commits.push(appends);
  const storage = unwrap(await openSqliteStorage({ file, env, apps: [timeTracker], onCommit }));
  const engine = createEngine({ storage, apps: [timeTracker], env });
  const close = async (): Promise<void> => {
    await engine.close();
    await storage.close();
  };
  onTestFinished(close);
  return { engine, commits, close };
};

const openFresh = async (): Promise<Opened> => open(join(await freshFolder(), 'tidemark.db'));

const statementsOf = async (work: () => Promise<unknown>): Promise<number> => {
  const before = counted.statements;
  await work();
  return counted.statements - before;
};

test('a push of 1,000 new records runs 2 statements for 10 of them, and none for each', async () => {
  const { engine } = await openFresh();
  await engine.session(spaceOf('ann'));
  const push = async (from: number, count: number) => unwrap(await engine.push(spaceOf('ann'), pushOfTasks('c', from, count, from + 1)));
  const ofOne = await statementsOf(() => push(0, 1));
  const ofMany = await statementsOf(() => push(1, 1_000));
  expect(ofOne).toBeLessThanOrEqual(20);
  expect(ofMany).toBeLessThanOrEqual(2 * 100 + ofOne);
});

test('a pull of 1,000 records, and one of nothing, run a handful of statements', async () => {
  const { engine } = await openFresh();
  unwrap(await engine.push(spaceOf('ann'), pushOfTasks('c', 0, 1_000, 1)));
  let cursor = '';
  const whole = await statementsOf(async () => {
    const page = unwrap(await engine.pull(spaceOf('ann'), { clientId: 'reader' }));
    expect(page.rows).toHaveLength(1_000);
    cursor = page.cursor;
  });
  expect(whole).toBeLessThanOrEqual(16);
  expect(await statementsOf(() => engine.pull(spaceOf('ann'), { clientId: 'reader', cursor }))).toBeLessThanOrEqual(8);
});

test.each([
  ['one space', () => 'ann'],
  [`${CLIENTS} spaces`, (i: number) => `user-${i}`],
])(`pushes of ${CLIENTS} clients at once to %s share commits`, async (_, userOf) => {
  const { engine, commits } = await openFresh();
  const clients = Array.from({ length: CLIENTS }, (__, i) => i);
  await Promise.all(clients.map((i) => engine.session(spaceOf(userOf(i)))));
  const before = commits.length;
  await Promise.all(clients.map(async (i) => unwrap(await engine.push(spaceOf(userOf(i)), pushOfTasks(`c${i}`, i, 1, 1)))));
  expect(commits.length - before).toBeLessThanOrEqual(2);
});

/** Bytes that this process has read so far, from the page cache too; undefined where the system does not tell. */
const bytesRead = (): number | undefined => {
  if (!existsSync('/proc/self/io')) return undefined;
  return Number(/rchar: (\d+)/.exec(readFileSync('/proc/self/io', 'utf8'))?.[1]);
};

test('a pull of 100 changes reads them, and not the log before them', async ({ skip }) => {
  const file = join(await freshFolder(), 'tidemark.db');
  const filling = await open(file);
  for (let at = 0; at < 20_000; at += 5_000) unwrap(await filling.engine.push(spaceOf('ann'), pushOfTasks('c', at, 5_000, at + 1)));
  const { cursor } = unwrap(await filling.engine.digest(spaceOf('ann')));
  unwrap(await filling.engine.push(spaceOf('ann'), pushOfTasks('d', 20_000, 100, 1)));
  await filling.close();
  const { engine } = await open(file);
  const before = bytesRead();
  expect(unwrap(await engine.pull(spaceOf('ann'), { clientId: 'reader', cursor })).rows).toHaveLength(100);
  const after = bytesRead();
  if (before === undefined || after === undefined) return skip('this system does not count what a process reads');
  // The log is about 10 MB; 100 changes and the way to them are 30 pages of 4 KiB.
  expect(after - before).toBeLessThan(1_000_000);
});

test("the answer to an up-to-date client's pull is at most 700 bytes with its headers", async () => {
  const data = await freshFolder();
  const token = await tokenOf(data, 'ann');
  const { url } = await serve(['--data', data]);
  const caller = callerOf(url, token);
  success(await caller.post('/sync/push', pushOfTasks('c', 0, 1_000, 1)));
  const { cursor } = success(await caller.get<{ cursor: string }>('/sync/digest'));
  const body = JSON.stringify({ clientId: 'reader', cursor });
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  onTestFinished(() => agent.destroy());
  const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json', 'content-length': body.length };
  const receivedAfter = (): Promise<number> =>
    new Promise((resolve, reject) => {
      let socket: Socket | undefined;
      const asked = request(`${url}/apps/${timeTracker.name}/sync/pull`, { method: 'POST', agent, headers }, (answer) => {
        answer.resume().on('end', () => resolve(answer.statusCode === 200 ? (socket?.bytesRead ?? 0) : Number.NaN));
      });
      asked.on('socket', (given) => {
        socket = given;
      });
      asked.on('error', reject).end(body);
    });
  const first = await receivedAfter();
  expect((await receivedAfter()) - first).toBeLessThanOrEqual(700);
});

test('a client pushes 2,000 edits in a few requests', async () => {
  const data = await freshFolder();
  const token = await tokenOf(data, 'ann');
  const { url } = await serve(['--data', data]);
  const env = browserEnv();
  const asked: string[] = [];
  const client = await openClient({
    app: timeTracker,
    url: `${url}/apps/${timeTracker.name}`,
    token: () => token,
    account: { issuer: 'tidemark-development', subject: 'ann' },
    store: createMemoryStore(true),
    env: {
      ...env,
      http: (call) => {
        asked.push(new URL(call.url).pathname.replace(/^.*\/sync/, ''));
        return env.http(call);
      },
    },
    debounceMs: 0,
    live: false,
  });
  onTestFinished(() => client.close());
  client.setOnline(false);
  for (let i = 0; i < 2_000; i += 1) unwrap(await client.collection('tasks').put(taskFields(i), taskId(i)));
  client.setOnline(true);
  await vi.waitFor(() => expect(client.status().pending).toBe(0), { timeout: 30_000 });
  expect(asked.filter((path) => path === '/push').length).toBeLessThanOrEqual(5);
  expect(asked.length).toBeLessThanOrEqual(12);
});
