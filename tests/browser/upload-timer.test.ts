import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { openChromium } from './chromium.ts';
import { type Server, startServer } from './server.ts';

const TASKS = 1_300;
/** Of the client. */
const PAGE = 500;

let browser: Browser;
let script: string;
let server: Server;
let token: string;
let context: BrowserContext;
/** The server's time when all tasks were there. */
let filledAt: number;

beforeAll(async () => {
  browser = await openChromium();
  const entry = fileURLToPath(new URL('timer-page.ts', import.meta.url));
  const built = await build({ entryPoints: [entry], bundle: true, write: false, format: 'iife', conditions: ['@tidemark/source'] });
  script = built.outputFiles[0]?.text ?? '';
});
afterAll(() => browser.close());

const call = async (path: string, body?: object): Promise<unknown> => {
  const method = body === undefined ? 'GET' : 'POST';
  const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' };
  const answer = await fetch(server.url + path, { method, headers, ...(body === undefined ? {} : { body: JSON.stringify(body) }) });
  expect(answer.status).toBe(200);
  return answer.json();
};

const upload = (tasks: readonly object[]) => call('/apps/time-tracker/sync/upload', { tasks });
const task = (i: number, change: object = {}) => ({
  id: `t${i}`,
  title: `Task ${i}`,
  intervals: [],
  archived: false,
  tags: [],
  updatedAt: i,
  version: 1,
  ...change,
});

beforeEach(async () => {
  server = await startServer();
  token = String(Object(await call('/development/token', { app: 'time-tracker', user: 'demo' })).token);
  for (let first = 0; first < TASKS; first += 500) {
    const answer = await upload(Array.from({ length: Math.min(500, TASKS - first) }, (_, i) => task(first + i)));
    filledAt = Number(Object(answer).serverTime);
  }
  context = await browser.newContext();
  await context.route('**/timer.html', (route) =>
    route.fulfill({ contentType: 'text/html', body: `<body><script>${script}</script></body>` }),
  );
});
afterEach(async () => {
  await context.close();
  await server.stop();
});

const openTimer = async (): Promise<Page> => {
  const page = await context.newPage();
  await page.goto(`${server.url}/timer.html`);
  await page.evaluate(`timerPage.open(${JSON.stringify(`${server.url}/apps/time-tracker`)}, ${JSON.stringify(token)})`);
  return page;
};

const evaluate = <T>(page: Page, expression: string): Promise<T> => page.evaluate<T>(`timerPage.${expression}`);
const waitForState = (page: Page, state: string) => expect.poll(() => evaluate(page, 'state()'), { timeout: 20_000 }).toBe(state);
const titlesOf = (page: Page) => evaluate<string[]>(page, 'titles()');

test('a download stops half way, the page dies, and another goes on at the page where it stopped', async () => {
  await context.route(/download.*cursor=/, (route) => route.abort());
  const first = await openTimer();
  await waitForState(first, 'offline');
  expect(await titlesOf(first)).toHaveLength(PAGE);
  await first.close();
  await upload([task(3, { title: 'Renamed meanwhile', version: 2 })]);
  await call('/apps/time-tracker/tasks/delete', { ids: ['t5', 't1299'] });

  await context.unroute(/download.*cursor=/);
  const asked: string[] = [];
  context.on('request', (request) => void (request.url().includes('/download') && asked.push(request.url())));
  const second = await openTimer();
  await waitForState(second, 'synced');
  expect(asked[0]).toContain('cursor=');
  const titles = await titlesOf(second);
  expect(titles).toHaveLength(TASKS - 2);
  expect(titles).toContain('Renamed meanwhile');
  expect(titles).not.toContain('Task 1299');
});

test('what is written offline is kept over a reload and goes out; another tab shows it', async () => {
  const page = await openTimer();
  await waitForState(page, 'synced');
  const other = await openTimer();
  await waitForState(other, 'synced');
  await context.route('**/sync/upload', (route) => route.abort());
  expect(await evaluate(page, "start('t7')")).toBe(true);
  expect(await evaluate(page, "rename('t8', 'Written offline')")).toBe(true);
  await waitForState(page, 'offline');
  expect(await titlesOf(other)).toContain('Written offline');
  await page.close();
  await other.close();
  await context.unroute('**/sync/upload');
  const again = await openTimer();
  await waitForState(again, 'synced');
  const { tasks } = Object(await call(`/apps/time-tracker/sync/download?since=${filledAt}`));
  expect(tasks).toContainEqual(expect.objectContaining({ id: 't8', title: 'Written offline', version: 2 }));
  expect(tasks).toContainEqual(expect.objectContaining({ id: 't7', intervals: [{ start: 5 }], version: 2 }));
});
