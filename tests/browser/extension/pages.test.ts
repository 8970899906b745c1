import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { expect, onTestFinished, test } from 'vitest';
import { violations } from '../axe.ts';
import { startServer } from '../server.ts';
import { chooseServer, PASSWORD, signIn } from './account.ts';
import { eventually } from './eventually.ts';
import { buildExtension, openExtensionBrowser } from './extension-browser.ts';
import { openWire } from './sites.ts';

// The pages of the extension as people meet them, light and dark. TIDEMARK_PICTURES names a folder for pictures of them.

/** As wide as the browser makes a popup. */
const POPUP = { width: 360, height: 560 };
const OPTIONS = { width: 720, height: 900 };

const EMAIL = `${'long'.repeat(15)}@${'very.long.'.repeat(12)}example.com`;
const SITES = ['example.com/private', `${'a-site-with-a-long-name.'.repeat(5)}example.com`, 'bank.example', 'health.example'];

const open = async () => {
  buildExtension();
  const server = await startServer({ app: 'browsing' });
  const wire = await openWire(server.url);
  const profile = mkdtempSync(join(tmpdir(), 'tidemark-pages-'));
  const browser = await openExtensionBrowser(profile);
  onTestFinished(async () => {
    await browser.close();
    rmSync(profile, { recursive: true, force: true });
    wire.close();
    await server.stop();
  });
  const options = await browser.openOwn('options.html');
  await options.setViewportSize(OPTIONS);
  await chooseServer(options, wire.url);
  const popup = await browser.openOwn('popup.html');
  await popup.setViewportSize(POPUP);
  return { server, wire, options, popup };
};

/** Nothing that axe finds, and nothing that sticks out sideways. */
const expectSound = async (page: Page, name: string): Promise<void> => {
  expect(await violations(page, name), name).toEqual([]);
  const sticksOut = `document.documentElement.scrollWidth - document.documentElement.clientWidth`;
  expect([name, await page.evaluate(sticksOut)]).toEqual([name, 0]);
};

/** Ends all sessions of an account at the server. */
const endSessions = async (server: string): Promise<void> => {
  const call = async (method: string, path: string, token = '', body?: object): Promise<object> => {
    const headers = { 'content-type': 'application/json', ...(token === '' ? {} : { authorization: `Bearer ${token}` }) };
    const answer = await fetch(server + path, { method, headers, ...(body === undefined ? {} : { body: JSON.stringify(body) }) });
    if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status}`);
    return Object(await answer.json());
  };
  const { accessToken } = Object(await call('POST', '/api/auth/login', '', { email: EMAIL, password: PASSWORD }));
  const { sessions } = Object(await call('GET', '/auth/sessions', accessToken));
  for (const { id, current } of sessions) if (!current) await call('DELETE', `/auth/sessions/${id}`, accessToken);
};

test('popup and settings are sound in every state, light and dark, also with long names', async () => {
  const { server, wire, options, popup } = await open();
  await expectSound(popup, 'popup-signed-out');
  await expectSound(options, 'options-signed-out');

  await popup.getByLabel('E-mail').fill(EMAIL);
  await popup.getByLabel('Password').fill('wrong password');
  await popup.getByRole('button', { name: 'Sign in' }).click();
  await eventually(() => popup.getByRole('status').textContent()).toContain('password');
  await expectSound(popup, 'popup-wrong-password');

  await signIn(popup, EMAIL, 'Create account');
  await expectSound(popup, 'popup-signed-in');
  for (const site of SITES) {
    await options.getByLabel('Site to leave out').fill(site);
    await options.getByRole('button', { name: 'Add' }).click();
    await eventually(() => options.getByRole('list').first().textContent()).toContain(site);
  }
  await expectSound(options, 'options-signed-in');

  await popup.getByRole('switch', { name: 'Record my browsing' }).click();
  await eventually(() => popup.locator('#chip').textContent()).toBe('Paused');
  await expectSound(popup, 'popup-paused');
  await eventually(() => options.getByRole('switch').getAttribute('aria-checked')).toBe('false');
  await expectSound(options, 'options-paused');
  await popup.getByRole('button', { name: 'Delete my data' }).click();
  await popup.getByRole('dialog').waitFor();
  await expectSound(popup, 'popup-delete');
  await popup.keyboard.press('Escape');

  wire.set('cut');
  await popup.getByRole('button', { name: 'Delete my data' }).click();
  await popup.getByRole('button', { name: 'Delete everything' }).click();
  await eventually(() => popup.locator('#trouble').textContent()).toContain('cannot be reached');
  await expectSound(popup, 'popup-no-server');
  await eventually(() => options.locator('#trouble').textContent()).toContain('cannot be reached');
  await expectSound(options, 'options-no-server');
  wire.set('through');

  await endSessions(server.url);
  await popup.getByRole('button', { name: 'Sync now' }).click();
  await eventually(() => popup.locator('#chip').textContent()).toBe('Sign in again');
  await expectSound(popup, 'popup-session-ended');
}, 180_000);
