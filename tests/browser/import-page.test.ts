import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openChromium, openPage } from './chromium.ts';
import { type Server, startServer } from './server.ts';

const EMAIL = 'ann@example.com';
const PASSWORD = 'correct horse battery';
const KEPT = { top3: { '2026-03-01': 'Swim' }, schedule: [{ start: '6:30', end: '07:15', title: '<b>Swim</b>' }], moon: 1 };

let server: Server;
let browser: Browser;
beforeAll(async () => {
  [server, browser] = await Promise.all([startServer(), openChromium()]);
});
afterAll(() => Promise.all([browser.close(), server.stop()]));

const post = (path: string, body: object): Promise<Response> =>
  fetch(`${server.url}${path}`, { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) });

/** An account whose address is verified by the link of its mail. */
const register = async (): Promise<void> => {
  expect((await post('/auth/register', { email: EMAIL, password: PASSWORD })).status).toBe(202);
  await expect.poll(async () => (await fetch(`${server.url}/dev/mail.json`)).text()).toContain('verify-email');
  const mails = await (await fetch(`${server.url}/dev/mail.json`)).text();
  const token = /verify-email\?token=([\w.-]+)/.exec(mails)?.[1];
  expect((await post('/auth/verify-email', { token })).status).toBe(200);
};

const fileOf = (name: string, text: string) => ({ name, mimeType: 'application/json', buffer: Buffer.from(text) });

test('a person sees what a file would do, brings it in and takes everything out, by keyboard alone', async () => {
  await register();
  const { page, troubles } = await openPage(browser, `${server.url}/apps/weekday/import`, { width: 360 });
  await page.getByLabel('E-mail').fill(EMAIL);
  await page.getByLabel('Password').fill(PASSWORD);
  await page.getByLabel('Password').press('Enter');
  await page.getByText(`Signed in as ${EMAIL}.`).waitFor();
  expect(await page.getByRole('button', { name: 'Import' }).isDisabled()).toBe(true);

  await page.getByLabel('Drop a file here, or choose one').setInputFiles(fileOf('bad.json', '{ "top3": { "2026-02-31": "x" } }'));
  await page.getByRole('button', { name: 'Check the file' }).press('Enter');
  await page.getByText('top3.2026-02-31.day').waitFor();
  expect(await page.getByRole('button', { name: 'Import' }).isDisabled()).toBe(true);

  await page.getByLabel('Drop a file here, or choose one').setInputFiles(fileOf('kept.json', JSON.stringify(KEPT)));
  await page.getByRole('button', { name: 'Check the file' }).press('Enter');
  await page.getByText('The file is sound. Importing it would bring 3 records:').waitFor();
  await page.getByText('moon is not known here; it is kept as the setting kept|moon.').waitFor();
  // The button has the focus now.
  await page.keyboard.press('Enter');
  await page.getByText('Imported 3 records:').waitFor();
  expect(await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth)).toBe(true);

  const download = page.waitForEvent('download');
  await page.getByRole('button', { name: 'Export' }).press('Enter');
  expect((await download).suggestedFilename()).toBe('weekday.jsonl');
  await page.getByText('The file is saved as weekday.jsonl.').waitFor();
  expect(troubles.filter((trouble) => !trouble.includes('422'))).toEqual([]);
});

test('every app has the page, and its own docs in their style', async () => {
  for (const path of ['/apps/time-tracker/import', '/apps/weekday/docs']) {
    const { page, troubles } = await openPage(browser, `${server.url}${path}`);
    await page.getByRole('heading', { level: 1 }).waitFor();
    expect(await page.evaluate(() => getComputedStyle(document.body).maxWidth)).not.toBe('none');
    expect(troubles).toEqual([]);
    await page.close();
  }
});
