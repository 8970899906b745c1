import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openChromium, openPage } from './chromium.ts';
import { type Server, startServer } from './server.ts';

const EMAIL = 'ann@example.com';
const OLD = 'correct horse battery';
const NEW = 'another password';

let server: Server;
let browser: Browser;
beforeAll(async () => {
  [server, browser] = await Promise.all([startServer(), openChromium()]);
});
afterAll(() => Promise.all([browser.close(), server.stop()]));

const post = (path: string, body: object): Promise<Response> =>
  fetch(`${server.url}${path}`, { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) });

const signIn = async (password: string): Promise<number> => (await post('/auth/login', { email: EMAIL, password })).status;

const linkTo = (path: string): string => `main a[href*="${path}"]`;

test('a person confirms an address and chooses a new password by the links of their mails', async () => {
  expect((await post('/auth/register', { email: EMAIL, password: OLD })).status).toBe(202);
  const { page, troubles } = await openPage(browser, `${server.url}/dev/mail`, { width: 360 });
  await page.click(linkTo('/auth/verify-email'));
  await page.getByRole('heading', { name: 'Confirm your e-mail address' }).waitFor();
  await page.getByRole('button', { name: 'Yes, confirm' }).click();
  await page.getByRole('heading', { name: 'Address confirmed' }).waitFor();

  expect((await post('/auth/forgot-password', { email: EMAIL })).status).toBe(202);
  await page.goto(`${server.url}/dev/mail`);
  expect(await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth)).toBe(true);
  const link = await page.locator(linkTo('/auth/reset-password')).first().getAttribute('href');
  await page.goto(link ?? '');
  await page.getByLabel('New password').fill(NEW);
  await page.getByRole('button', { name: 'Set password' }).click();
  await page.getByRole('heading', { name: 'Password set' }).waitFor();
  expect([await signIn(OLD), await signIn(NEW)]).toEqual([401, 200]);

  await page.goto(link ?? '');
  await page.getByLabel('New password').fill(OLD);
  await page.getByRole('button', { name: 'Set password' }).click();
  await page.getByText('is not valid, or not any more').waitFor();
  expect(await signIn(NEW)).toBe(200);
  expect(troubles.filter((trouble) => !trouble.includes('400'))).toEqual([]);
});
