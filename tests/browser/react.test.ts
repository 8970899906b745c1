import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { serveNotes } from '../../docs/examples/serve-notes.ts';
import { violations } from './axe.ts';
import { bundlePage } from './bundle-page.ts';
import { openChromium } from './chromium.ts';
import { type Server, startServer } from './server.ts';

// The hooks and components in a real Chromium, on real clients and a real server; everything in StrictMode.

const THEME = fileURLToPath(new URL('../../packages/react/theme.css', import.meta.url));

let browser: Browser;
let server: Server;
let script: string;
let token: string;
let context: BrowserContext;
let page: Page;
let troubles: string[];

beforeAll(async () => {
  const bundling = bundlePage("import './react-page.tsx';", fileURLToPath(new URL('.', import.meta.url)));
  [browser, server, script] = await Promise.all([openChromium(), startServer(), bundling]);
  const answer = await fetch(`${server.url}/development/token`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ app: 'time-tracker', user: 'demo' }),
  });
  token = String(Object(await answer.json()).token);
});
afterAll(() => Promise.all([browser.close(), server.stop()]));

const openOn = async (url: string, content: string): Promise<void> => {
  await page.goto(`${url}/react.html`);
  await page.addStyleTag({ path: THEME });
  await page.addStyleTag({ content: ':root { color-scheme: light dark; } body { background: Canvas; color: CanvasText; }' });
  await page.addScriptTag({ content });
};

beforeEach(async () => {
  context = await browser.newContext({ viewport: { width: 760, height: 900 } });
  page = await context.newPage();
  troubles = [];
  page.on('console', (message) => {
    if (['error', 'warning'].includes(message.type())) troubles.push(message.text());
  });
  page.on('pageerror', (error) => troubles.push(error.message));
  const body = '<!doctype html><html lang="en"><head><title>React</title></head><body></body></html>';
  await context.route('**/react.html', (route) => route.fulfill({ contentType: 'text/html', body }));
  await openOn(server.url, script);
});
afterEach(() => context.close());

/** Calls one of the page's functions; what it answers stays in the page as `shown`. */
const show = (name: string, ...given: unknown[]): Promise<unknown> =>
  page.evaluate(`(async () => { globalThis.shown = await reactPage.${name}(...${JSON.stringify(given)}); })()`);

/** A machine that is busy takes its time. */
const soon = <T>(read: () => T) => expect.poll(read, { timeout: 30_000 });

const mount = (): string => `${server.url}/apps/time-tracker`;

test('a change to one of many records renders only what shows it', async () => {
  await show('showList', mount(), token, 60);
  await page.getByText('Opening …').waitFor({ state: 'detached' });
  await soon(() => page.locator('li').count()).toBe(60);
  const before = Object(await page.evaluate('({ ...shown.rendered })'));
  await page.evaluate("shown.rename('t7', 'Another')");
  await soon(() => page.locator('li', { hasText: 'Another' }).count()).toBe(1);
  const after = Object(await page.evaluate('({ ...shown.rendered })'));
  const again = Object.keys(after).filter((what) => after[what] !== before[what]);
  expect(again.sort()).toEqual(['list', 't7']);

  await page.getByRole('button', { name: 'Add' }).click();
  await soon(() => page.locator('li').last().textContent()).toBe('By hand');
  expect(await page.evaluate('shown.liveQueries()')).toBe(62);
  await page.evaluate('shown.unmount()');
  await soon(() => page.evaluate('shown.liveQueries()')).toBe(0);
  expect(troubles).toEqual([]);
});

test('what is on the page at one time is of one time, also where React pauses', async () => {
  const torn = (seen: unknown) => Object(seen).includes('before and after');
  const seen = await page.evaluate(`reactPage.tear('${mount()}', '${token}', 'whole')`);
  expect(torn(seen), JSON.stringify(seen)).toBe(false);
  expect(Object(seen).at(-1)).toBe('after');
  // The same page without care does tear: the test can fail.
  const without = await page.evaluate(`reactPage.tear('${mount()}', '${token}', 'torn')`);
  expect(torn(without), JSON.stringify(without)).toBe(true);
});

test('a conflict is shown, decided and taken back; what waits is listed', async () => {
  await show('showDevices', mount(), token);
  const [left, right] = [page.locator('#left'), page.locator('#right')];
  const status = (of: typeof left) => of.locator('.tidemark-sync-status strong');
  const titles = () => page.evaluate("[shown.title('left'), shown.title('right')]");
  await page.evaluate("shown.put('left', 'Read')");
  await soon(titles).toEqual(['Read', 'Read']);
  for (const side of [left, right]) await side.getByRole('button', { name: 'Cut off' }).click();
  await page.evaluate("shown.rename('left', 'Read a book', 10)");
  await page.evaluate("shown.rename('right', 'Read the paper', 20)");
  await soon(() => status(left).textContent()).toBe('Offline · 1 change only on this device');
  await soon(() => left.locator('.tidemark-outbox-list li').textContent()).toContain('Edit “Read a book”: Title, updatedAt');
  expect(await violations(page, 'offline', '#left')).toEqual([]);

  for (const side of [left, right]) await side.getByRole('button', { name: 'Join' }).click();
  const card = left.getByRole('article', { name: 'Title of “Read the paper”' });
  await card.waitFor();
  await right.getByRole('article').waitFor();
  expect(await card.locator('dd').allTextContents()).toEqual(['Read a book', 'Read the paper', 'Read']);
  expect(await card.locator('dt').allTextContents()).toEqual([
    expect.stringMatching(/^Mine by this device, /),
    expect.stringMatching(/^Theirs by the other device, .*stands now$/),
    'Base before both',
  ]);
  expect(await card.textContent()).toContain('The edit with the later time stands.');
  expect(await violations(page, 'conflict', '#left')).toEqual([]);

  // By keyboard alone.
  await card.getByRole('button', { name: 'Keep mine' }).focus();
  await page.keyboard.press('Enter');
  await soon(titles).toEqual(['Read a book', 'Read a book']);
  await soon(() => right.getByText('No conflicts').count()).toBe(1);
  expect(await left.locator('.tidemark-said [role=status]').textContent()).toBe('Decided: Title of “Read the paper”.');
  expect(await violations(page, 'decided', '#left')).toEqual([]);
  await left.getByRole('button', { name: 'Undo' }).click();
  await soon(titles).toEqual(['Read the paper', 'Read the paper']);
  await soon(() => status(left).textContent()).toBe('Synced');
  expect(troubles).toEqual([]);
});

test('what the server refuses is set aside, and can be tried again or discarded', async () => {
  await show('showDevices', mount(), token);
  const left = page.locator('#left');
  await soon(() => left.locator('.tidemark-sync-status strong').textContent()).toBe('Synced');
  let refuses = true;
  await context.route('**/sync/push', async (route) => {
    const mutations: { op: string }[] = Object(route.request().postDataJSON()).mutations ?? [];
    if (!refuses || mutations.every(({ op }) => op === 'void')) return route.continue();
    return route.fulfill({ status: 422, body: '{"error":{"code":"VALIDATION_FAILED","message":"Not like this."}}' });
  });
  await page.evaluate("shown.put('left', 'Refused', 'b')");
  const card = left.getByRole('article', { name: 'Save “Refused”' });
  await card.waitFor();
  expect(await card.textContent()).toContain('Not like this.');
  expect(await violations(page, 'parked', '#left')).toEqual([]);
  refuses = false;
  await card.getByRole('button', { name: 'Try again' }).click();
  await card.waitFor({ state: 'detached' });
  await soon(() => page.evaluate("[shown.title('left', 'b'), shown.title('right', 'b')]")).toEqual(['Refused', 'Refused']);
});

test('a person signs up, in and out, and sees their own tasks only', async () => {
  await show('showAccount', server.url);
  await page.getByRole('heading', { name: 'Nobody' }).waitFor();
  expect(await violations(page, 'sign-in', '#left')).toEqual([]);
  await page.getByLabel('E-mail address').fill('ann@example.com');
  await page.getByLabel('Password').fill('wrong password');
  await page.getByRole('button', { name: 'Sign in', exact: true }).first().click();
  await page.getByRole('alert').filter({ hasText: /\w/ }).waitFor();
  await page.getByRole('button', { name: 'Create an account' }).click();
  await page.getByLabel('Password').fill('correct horse battery');
  await page.getByRole('button', { name: 'Create', exact: true }).click();
  await page.getByLabel('Code from the mail').waitFor();
  const codeOf = async () => /\b\d{6}\b/.exec(JSON.stringify(await (await fetch(`${server.url}/dev/mail.json`)).json()))?.[0];
  await soon(codeOf).toBeDefined();
  await page.getByLabel('Code from the mail').fill((await codeOf()) ?? '');
  await page.getByRole('button', { name: 'Confirm' }).click();
  await page.getByText('Signed in as ann@example.com').waitFor();
  await page.getByRole('heading', { name: 'Somebody' }).waitFor();
  await page.getByRole('button', { name: 'Add' }).click();
  await soon(() => page.locator('li').allTextContents()).toEqual(['By hand']);
  expect(await violations(page, 'signed-in', '#left')).toEqual([]);
  await page.getByRole('button', { name: 'Sign out' }).click();
  await page.getByRole('heading', { name: 'Nobody' }).waitFor();
  await soon(() => page.locator('li').count()).toBe(0);
});

test('the page of docs/REACT.md runs, and syncs', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'tidemark-react-'));
  const served = await serveNotes(folder, 0);
  try {
    const examples = fileURLToPath(new URL('../../docs/examples/', import.meta.url));
    const content = await bundlePage("import { showNotes } from './notes-page.tsx'; Object.assign(globalThis, { showNotes });", examples);
    const url = `http://localhost:${served.port}`;
    await openOn(url, content);
    await page.evaluate(`showNotes(document.body, '${url}', 'demo', '${served.token}')`);
    await page.getByLabel('Title').fill('Tides');
    await page.keyboard.press('Enter');
    await page.getByRole('button', { name: 'See Tides' }).click();
    await page.getByText('Tides, seen 1 times').waitFor();
    await page.getByText('Synced').waitFor();
    expect(await violations(page, 'docs', '#left')).toEqual([]);
    await page.getByRole('button', { name: 'Delete Tides' }).click();
    await soon(() => page.locator('li').count()).toBe(0);
    expect(troubles).toEqual([]);
  } finally {
    await served.close();
    rmSync(folder, { recursive: true, force: true });
  }
});
