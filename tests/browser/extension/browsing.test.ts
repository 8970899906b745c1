import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { type Server, startServer } from '../server.ts';
import { chooseServer, reader, type StoredVisit, signIn, syncNow } from './account.ts';
import type { Entry, Moment } from './diary.ts';
import { eventually } from './eventually.ts';
import { buildExtension, type ExtensionBrowser, openExtensionBrowser } from './extension-browser.ts';
import { openSites, openWire, type Sites, type Wire } from './sites.ts';
import { createTour, pause, type Tour } from './tour.ts';

const TOLERANCE_MS = 1_000;

let server: Server;
let wire: Wire;
let sites: Sites;
const profiles: string[] = [];
const browsers: ExtensionBrowser[] = [];

beforeAll(async () => {
  buildExtension();
  sites = await openSites();
});
afterAll(() => sites.close());
beforeEach(async () => {
  server = await startServer({ app: 'browsing' });
  wire = await openWire(server.url);
});
afterEach(async () => {
  for (const browser of browsers.splice(0)) await browser.close().catch(() => undefined);
  for (const profile of profiles.splice(0)) rmSync(profile, { recursive: true, force: true });
  wire.close();
  await server.stop();
});

const newProfile = (): string => {
  const profile = mkdtempSync(join(tmpdir(), 'tidemark-profile-'));
  profiles.push(profile);
  return profile;
};
const start = async (profile: string): Promise<ExtensionBrowser> => {
  const browser = await openExtensionBrowser(profile);
  browsers.push(browser);
  return browser;
};
/** A browser whose extension is signed in, with its popup in a tab. */
const startSignedIn = async (email: string, how: 'Create account' | 'Sign in', profile = newProfile()) => {
  const browser = await start(profile);
  const options = await browser.openOwn('options.html');
  await chooseServer(options, wire.url);
  await options.close();
  const popup = await browser.openOwn('popup.html');
  await signIn(popup, email, how);
  return { browser, popup };
};

/** Is it so, give or take a second? */
const isWithin = (told: number | null, { from, to }: Moment): boolean =>
  told !== null && told >= from - TOLERANCE_MS && told <= to + TOLERANCE_MS;

const isAsDone = ({ timestamp, endedAt, duration, activeDuration }: StoredVisit, { start: began, end, active }: Entry): boolean => {
  if (!isWithin(timestamp, began) || !isWithin(activeDuration, active)) return false;
  if (end === null) return endedAt === null;
  return isWithin(endedAt, end) && isWithin(duration, { from: end.from - began.to, to: end.to - began.from });
};

/** Both sides in the order of their beginnings; visits that are not as they were done stand out. */
const compared = (visits: readonly StoredVisit[], entries: readonly Entry[]) => {
  const told = [...visits].sort((a, b) => a.timestamp - b.timestamp);
  return entries.map((entry, index) => {
    const visit = told[index];
    return { url: visit?.url, ...(visit !== undefined && isAsDone(visit, entry) ? {} : { visit, entry }) };
  });
};

const expectStory = (visits: readonly StoredVisit[], entries: readonly Entry[]): void => {
  expect(compared(visits, entries)).toEqual(entries.map(({ url }) => ({ url })));
  expect(visits).toHaveLength(entries.length);
  expect(new Set(visits.map(({ id }) => id)).size).toBe(visits.length);
};

/** One window, three tabs, eight pages. */
const browseTabs = async (tour: Tour): Promise<void> => {
  await tour.open('a', 'news');
  await pause(600);
  await tour.go('a', 'news');
  await pause(900);
  await tour.open('b', 'mail');
  await pause(700);
  await tour.go('b', 'mail');
  await tour.lookAt('a');
  await pause(1_200);
  await tour.go('a', 'docs');
  // A page that opens behind the one that is looked at.
  await tour.go('b', 'docs');
  await pause(800);
  await tour.open('c', 'video');
  await pause(500);
  await tour.go('c', 'video');
  await pause(500);
  await tour.leaveFor(1_500, 'c');
  await pause(600);
  await tour.close('b');
};

/** A second window with two pages, then back to the first. */
const browseWindows = async (tour: Tour): Promise<void> => {
  await tour.openWindow('d', 'shop');
  await pause(900);
  await tour.go('d', 'shop');
  await pause(700);
  await tour.lookAt('a');
  await pause(800);
};

/** Presses a button of a page that is not in view. */
const click = (popup: Page, id: string): Promise<void> => popup.evaluate(`document.getElementById('${id}').click()`);
/** Syncs until the popup, which is not in view, says this. */
const syncUntil = (popup: Page, said: string): Promise<void> =>
  eventually(async () => {
    await click(popup, 'sync');
    // The button is busy for as long as the worker syncs.
    await eventually(() => popup.locator('#sync').getAttribute('aria-busy')).toBe('false');
    return popup.getByRole('status').textContent();
  }).toBe(said);

/** The worker is stopped while the server's answer is under way; then the server cannot be reached. */
const meetTroubles = async (tour: Tour, browser: ExtensionBrowser, popup: Page): Promise<void> => {
  wire.set('hold');
  const held = wire.held();
  await click(popup, 'sync');
  await held;
  expect(wire.batches.at(-1)?.count).toBeGreaterThan(0);
  await browser.stopWorker();
  wire.set('through');
  // The next worker asks which window has the keyboard.
  await tour.go('a', 'news');
  await pause(700);
  wire.set('cut');
  for (const site of ['docs', 'news', 'docs', 'news']) {
    await tour.go('a', site);
    await pause(400);
  }
  await syncUntil(popup, 'Not everything could be sent');
  expect(await popup.locator('#trouble').textContent()).toContain('cannot be reached');
  wire.set('through');
};

/** The browser itself has no network for a while: its worker cannot send, and its pages go on by themselves. */
const goOffline = async (tour: Tour, browser: ExtensionBrowser, popup: Page): Promise<void> => {
  const trouble = popup.locator('#trouble');
  await syncUntil(popup, 'Everything is at the server');
  expect(await trouble.isVisible()).toBe(false);
  await browser.setOffline(true);
  const batches = wire.batches.length;
  await tour.turn('a');
  await pause(400);
  await tour.turn('a');
  await pause(400);
  await tour.close('c');
  await syncUntil(popup, 'Not everything could be sent');
  expect(await trouble.isVisible()).toBe(true);
  expect(await trouble.textContent()).toBe('The server cannot be reached. Everything is kept here until it answers.');
  // The two pages and the closed one.
  expect(Number(await popup.locator('#pending').textContent())).toBeGreaterThanOrEqual(3);
  // The wire was there all the time, and no batch came.
  expect(wire.batches.slice(batches)).toEqual([]);
  await browser.setOffline(false);
  await syncUntil(popup, 'Everything is at the server');
  expect(await trouble.isVisible()).toBe(false);
};

/** The browser is quit and started again, then killed and started again. Answers the last one. */
const restartTwice = async (tour: Tour, profile: string): Promise<ExtensionBrowser> => {
  await tour.end((one) => one.close());
  const second = await start(profile);
  tour.goOnWith(second);
  await tour.open('e', 'news');
  await pause(1_200);
  await tour.go('e', 'mail');
  await pause(1_700);
  await tour.end((one) => one.kill());
  const third = await start(profile);
  tour.goOnWith(third);
  await tour.open('f', 'docs');
  for (let i = 0; i < 2; i += 1) {
    await pause(500);
    await tour.go('f', 'docs');
  }
  await pause(500);
  await tour.close('f');
  return third;
};

const sum = (numbers: readonly number[]): number => numbers.reduce((total, one) => total + one, 0);

test('22 pages, a locked screen, a stopped worker, no server, no network, two ends of the browser: all arrives as it was', async () => {
  const email = 'ann@example.com';
  const profile = newProfile();
  const { browser, popup } = await startSignedIn(email, 'Create account', profile);
  const tour = createTour(sites, browser);
  await browseTabs(tour);
  await browseWindows(tour);
  await meetTroubles(tour, browser, popup);
  await goOffline(tour, browser, popup);
  const stored = await reader(server.url, email);
  expect(await stored.visits()).toHaveLength(tour.count());
  const last = await restartTwice(tour, profile);
  const lastPopup = await last.openOwn('popup.html');
  await syncNow(lastPopup);

  expect(tour.count()).toBe(22);
  const visits = await stored.visits();
  expectStory(visits, tour.diary.entries);
  expect(visits.flatMap(({ idlePeriods }) => idlePeriods)).toMatchObject([{ reason: 'locked', resumeReason: 'active' }]);
  expect(new Set(visits.map(({ anonymousClientId }) => anonymousClientId)).size).toBe(1);
  expect(visits.every(({ title, url }) => title === `Page ${new URL(url).pathname}`)).toBe(true);

  // The totals of the six tabs are those of their visits.
  const aggregates = await stored.aggregates();
  expect(aggregates).toHaveLength(6);
  expect(sum(aggregates.map(({ pageCount }) => pageCount))).toBe(22);
  expect(sum(aggregates.map(({ totalActiveDuration }) => totalActiveDuration))).toBe(
    sum(visits.map(({ activeDuration }) => activeDuration)),
  );

  // Another sync changes nothing.
  await syncNow(lastPopup);
  expect(await stored.visits()).toEqual(visits);
  expect(wire.batches.every((batch) => batch.count <= 1_000)).toBe(true);
}, 240_000);

test('a private window, an excluded site and a pause leave no trace: not at the server, not in the browser', async () => {
  const email = 'ben@example.com';
  const { browser, popup } = await startSignedIn(email, 'Create account');
  const options = await browser.openOwn('options.html');
  await options.getByLabel('Site to leave out').fill('https://secret.test/');
  await options.getByRole('button', { name: 'Add' }).click();
  await eventually(() => options.getByRole('list').first().textContent()).toContain('secret.test');

  const page = await browser.context.newPage();
  await page.goto(sites.page('news', '/seen'));
  await page.goto(sites.page('secret', '/hidden-1'));
  await page.goto(sites.page('diary.secret', '/hidden-2'));
  await browser.inExtension(
    `chrome.windows.create({ url: ${JSON.stringify(sites.page('news', '/hidden-private'))}, incognito: true }).then(() => null)`,
  );
  await eventually(() => sites.visited).toContain('news.test/hidden-private');
  await popup.getByRole('switch', { name: 'Record my browsing' }).click();
  await eventually(() => popup.getByRole('status').textContent()).toBe('Recording is paused');
  await page.goto(sites.page('news', '/hidden-pause'));
  await popup.getByRole('switch', { name: 'Record my browsing' }).click();
  await eventually(() => popup.getByRole('status').textContent()).toBe('Recording goes on');
  await page.goto(sites.page('news', '/seen-again'));
  await syncNow(popup);

  const stored = await reader(server.url, email);
  const paths = (await stored.visits()).map(({ url }) => new URL(url).pathname).sort();
  // What was on the screen when the pause ended is recorded from then on.
  expect(paths).toEqual(['/hidden-pause', '/seen', '/seen-again']);
  const traces = [JSON.stringify(await stored.visits()), JSON.stringify(await stored.aggregates()), await everythingIn(browser)];
  for (const trace of traces) expect(trace).not.toMatch(/hidden-1|hidden-2|hidden-private|diary/);
  expect(traces[2]).toContain('/seen-again');
}, 60_000);

/** All that the extension has stored, without the list of exclusions itself. */
const everythingIn = (browser: ExtensionBrowser): Promise<string> =>
  browser.inExtension<string>(`(async () => {
    const answerOf = (request) => new Promise((resolve, reject) => {
      request.onsuccess = () => resolve(request.result);
      request.onerror = () => reject(request.error);
    });
    const found = [];
    for (const { name } of await indexedDB.databases()) {
      const database = await answerOf(indexedDB.open(name));
      for (const table of database.objectStoreNames) found.push(await answerOf(database.transaction(table).objectStore(table).getAll()));
      database.close();
    }
    const areas = await Promise.all([chrome.storage.local.get(null), chrome.storage.session.get(null)]);
    return JSON.stringify([found, areas]);
  })()`);

test('two browsers of one person keep what they did apart, and nobody else can touch it', async () => {
  const email = 'cleo@example.com';
  const one = await startSignedIn(email, 'Create account');
  const two = await startSignedIn(email, 'Sign in');
  for (const [index, { browser, popup }] of [one, two].entries()) {
    const page = await browser.context.newPage();
    await page.goto(sites.page('news', `/of-browser-${index}`));
    await pause(600);
    await page.goto(sites.page('mail', `/of-browser-${index}`));
    await syncNow(popup);
  }
  const stored = await reader(server.url, email);
  const [visits, aggregates] = [await stored.visits(), await stored.aggregates()];
  expect(visits).toHaveLength(4);
  const clients = new Set(visits.map(({ anonymousClientId }) => anonymousClientId));
  expect(clients.size).toBe(2);
  for (const client of clients) expect(aggregates.filter((one) => one.anonymousClientId === client)).toMatchObject([{ pageCount: 2 }]);

  // A third browser of hers in which the same tab has the same number, opened at the same moment: chance cannot be arranged in a real one.
  const twins = aggregates.map((aggregate) => ({
    ...aggregate,
    anonymousClientId: 'a third browser',
    totalActiveDuration: 9e6,
    pageCount: 9,
  }));
  await stored.post('/api/sync/tab-aggregates', { aggregates: twins });
  expect((await stored.aggregates()).filter(({ anonymousClientId }) => clients.has(anonymousClientId))).toEqual(aggregates);

  // Another person sends the same ids, under the same names of browsers.
  const other = 'eve@example.com';
  const third = await startSignedIn(other, 'Create account');
  await third.browser.close();
  const hers = await reader(server.url, other);
  const forged = visits.map((visit) => ({
    ...visit,
    url: 'https://forged.example/',
    duration: 9e6,
    activeDuration: 9e6,
    endedAt: visit.timestamp,
  }));
  await hers.post('/api/sync/page-visits', { visits: forged });
  await hers.post('/api/sync/tab-aggregates', {
    aggregates: twins.map((twin, index) => ({ ...twin, anonymousClientId: aggregates[index]?.anonymousClientId })),
  });
  expect(await stored.visits()).toEqual(visits);
  expect((await stored.aggregates()).filter(({ anonymousClientId }) => clients.has(anonymousClientId))).toEqual(aggregates);
}, 90_000);

test('deleting my data empties server and browser, also when the server is away at first; signing out ends the recording', async () => {
  const email = 'dora@example.com';
  const { browser, popup } = await startSignedIn(email, 'Create account');
  const page = await browser.context.newPage();
  await page.goto(sites.page('news', '/before'));
  await syncNow(popup);
  const stored = await reader(server.url, email);
  expect(await stored.visits()).toHaveLength(1);

  await popup.getByRole('button', { name: 'Delete my data' }).click();
  await popup.keyboard.press('Escape');
  expect(await stored.visits()).toHaveLength(1);
  wire.set('cut');
  await popup.getByRole('button', { name: 'Delete my data' }).click();
  await popup.getByRole('button', { name: 'Delete everything' }).click();
  await eventually(() => popup.getByRole('status').textContent()).toBe('Deleted here; the server follows when it answers');
  expect(await stored.visits()).toHaveLength(1);
  await page.goto(sites.page('news', '/after'));
  wire.set('through');
  await syncNow(popup);
  const left = (await stored.visits()).map(({ url }) => new URL(url).pathname).sort();
  // The page that was open when the rest was deleted has been looked at since.
  expect(left).toEqual(['/after', '/before']);
  expect((await stored.visits()).every(({ duration }) => duration < 20_000)).toBe(true);

  await popup.getByRole('button', { name: 'Sign out' }).click();
  await eventually(() => popup.locator('#chip').textContent()).toBe('Signed out');
  await page.goto(sites.page('news', '/nobody'));
  expect(await everythingIn(browser)).not.toMatch(/nobody|\/before|\/after/);
  expect((await stored.visits()).every(({ endedAt }) => endedAt !== null)).toBe(true);
}, 60_000);

test('the popup works with the keyboard alone and says what happens', async () => {
  const browser = await start(newProfile());
  const options = await browser.openOwn('options.html');
  await chooseServer(options, wire.url);
  const popup = await browser.openOwn('popup.html');
  const focused = () => popup.evaluate<string>('document.activeElement.id');
  await eventually(focused).toBe('email');
  await popup.keyboard.type('fay@example.com');
  await popup.keyboard.press('Tab');
  await popup.keyboard.type('wrong password');
  await popup.keyboard.press('Enter');
  await eventually(() => popup.getByRole('status').textContent()).toContain('password');
  await popup.getByLabel('Password').fill('correct horse battery staple');
  await popup.getByLabel('Password').press('Tab');
  await popup.keyboard.press('Tab');
  await popup.keyboard.press('Enter');
  await eventually(() => popup.getByRole('status').textContent()).toBe('Signed in as fay@example.com');
  await eventually(focused).toBe('recording');
  await popup.keyboard.press('Space');
  await eventually(() => popup.getByRole('switch', { name: 'Record my browsing' }).getAttribute('aria-checked')).toBe('false');
  expect(await focused()).toBe('recording');
  const order: string[] = [];
  for (let i = 0; i < 4; i += 1) {
    await popup.keyboard.press('Tab');
    order.push(await focused());
  }
  expect(order).toEqual(['sync', 'settings', 'delete', 'sign-out']);
  // Whatever can be pressed has a name.
  const nameless = await popup.evaluate<string[]>(`[...document.querySelectorAll('button, input')]
    .filter((one) => !(one.ariaLabel || one.labels?.length || one.hasAttribute('aria-labelledby') || one.textContent.trim()))
    .map((one) => one.id)`);
  expect(nameless).toEqual([]);
}, 60_000);
