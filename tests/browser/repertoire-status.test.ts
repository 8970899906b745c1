import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { openChromium } from './chromium.ts';
import { type Server, startServer } from './server.ts';

let browser: Browser;
let script: string;
let server: Server;
let token: string;
let context: BrowserContext;

beforeAll(async () => {
  browser = await openChromium();
  const entry = fileURLToPath(new URL('repertoire-page.tsx', import.meta.url));
  const define = { 'process.env.NODE_ENV': '"production"' };
  const conditions = ['@tidemark/source'];
  const built = await build({ entryPoints: [entry], bundle: true, write: false, format: 'iife', conditions, define, jsx: 'automatic' });
  script = built.outputFiles[0]?.text ?? '';
});
afterAll(() => browser.close());

beforeEach(async () => {
  server = await startServer();
  const answer = await fetch(`${server.url}/development/token`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ app: 'repertoire', user: 'demo' }),
  });
  token = String(Object(await answer.json()).token);
  context = await browser.newContext();
  await context.route('**/repertoire.html', (route) =>
    route.fulfill({ contentType: 'text/html', body: '<!doctype html><html lang="en"><body></body></html>' }),
  );
});
afterEach(async () => {
  await context.close();
  await server.stop();
});

const openPage = async (): Promise<Page> => {
  const page = await context.newPage();
  await page.goto(`${server.url}/repertoire.html`);
  await page.addScriptTag({ content: script });
  await page.evaluate(`repertoirePage.open(${JSON.stringify(`${server.url}/apps/repertoire`)}, ${JSON.stringify(token)})`);
  return page;
};

const save = (page: Page, title: string): Promise<unknown> =>
  page.evaluate(
    `repertoirePage.save(${JSON.stringify({ title, category: 'oli', lyrics: 'E ala ē', includeInPractice: true, isFavorite: false })})`,
  );

/** What both screens say; a page that is not rendered yet says nothing. */
const words = (page: Page): Promise<readonly string[]> => page.locator('[role=status] strong').allTextContents();
const waitFor = (page: Page, text: string) => expect.poll(() => words(page), { timeout: 20_000 }).toEqual([text, text]);

test('the status atop the repertoire and the profile follows what happens', async () => {
  const page = await openPage();
  await waitFor(page, 'Synced');
  await save(page, 'E ala ē');
  await waitFor(page, 'Synced');
  expect(await page.locator('main li').allTextContents()).toEqual(['E ala ē']);

  await context.setOffline(true);
  await save(page, 'Oli Mahalo');
  await waitFor(page, 'Offline · 1 change pending');
  await context.setOffline(false);
  await waitFor(page, 'Synced');

  await context.route('**/pieces', (route) =>
    route.fulfill({ status: 500, body: '{"error":"Broken.","code":"INTERNAL","correlationId":"c-7"}' }),
  );
  await save(page, 'Kūnihi ka mauna');
  await waitFor(page, 'Sync failed');
  expect(await page.getByText('Report it as c-7').count()).toBe(2);
  await context.unroute('**/pieces');
  await page.getByRole('button', { name: 'Try again' }).first().focus();
  await page.keyboard.press('Enter');
  await waitFor(page, 'Synced');

  // The next day, on the same device: nothing was lost with the page.
  await page.close();
  const again = await openPage();
  await waitFor(again, 'Synced');
  expect((await again.locator('main li').allTextContents()).sort()).toEqual(['E ala ē', 'Kūnihi ka mauna', 'Oli Mahalo']);
});
