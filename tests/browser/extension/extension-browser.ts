import { execFileSync } from 'node:child_process';
import { readlinkSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { type BrowserContext, chromium, type Page } from 'playwright-core';
import { chromiumProgram, FLAGS } from '../chromium.ts';
import { eventually } from './eventually.ts';
import { openScreenSaver } from './screen-saver.ts';

const root = fileURLToPath(new URL('../../../', import.meta.url));
const unpacked = `${root}extension/dist/chrome`;

/** Builds the extension as its README says. */
export const buildExtension = (): void => {
  execFileSync(process.execPath, ['extension/build.js'], { cwd: root, stdio: 'pipe' });
};

const EXTENSION_FLAGS = [
  ...FLAGS,
  '--host-resolver-rules=MAP *.test 127.0.0.1',
  // Chromium and Debian's build honour the flags below; Chrome itself does not any more.
  '--disable-features=DisableLoadExtensionCommandLineSwitch',
  `--disable-extensions-except=${unpacked}`,
  `--load-extension=${unpacked}`,
];

/** A tab as the extension has kept it; `url` and `title` of the page that it records there, if any. */
export interface KeptTab {
  readonly id: number;
  readonly windowId: number;
  readonly active: boolean;
  readonly url: string | null;
  readonly title: string | null;
}

/** What the extension has kept of the browser as it is. */
export interface Kept {
  /** The window that has the keyboard. */
  readonly focused: number | null;
  readonly idle: string | null;
  readonly tabs: readonly KeptTab[];
}

export interface ExtensionBrowser {
  readonly context: BrowserContext;
  /** Opens a page of the extension in a tab. */
  openOwn(name: 'popup.html' | 'options.html', options?: { readonly dark?: boolean }): Promise<Page>;
  /** Runs an expression where `chrome` is that of the extension, in a page of its own. */
  inExtension<T>(expression: string): Promise<T>;
  /** Shows the tab of this page, and gives its window the keyboard; resolves when the extension has kept it. */
  lookAt(page: Page): Promise<void>;
  /** Locks the screen, or unlocks it; resolves when the extension has kept it. */
  lockScreen(isLocked: boolean): Promise<void>;
  /** Takes the browser off the network, its pages and the service worker alike, or puts it back; resolves when the worker knows. */
  setOffline(isOffline: boolean): Promise<void>;
  kept(): Promise<Kept>;
  /** Waits until the extension has noted that it lives, and answers the time that it noted. */
  signOfLife(): Promise<number>;
  /** Ends the service worker, whatever it does. */
  stopWorker(): Promise<void>;
  isWorkerRunning(): Promise<boolean>;
  close(): Promise<void>;
  /** Kills the process, as a power cut would. */
  kill(): Promise<void>;
}

/** Reads what the extension has in IndexedDB, of whoever is signed in. */
const READ_KEPT = `(async () => {
  const answerOf = (request) => new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });
  const found = { focused: null, idle: null, tabs: [] };
  for (const { name } of await indexedDB.databases()) {
    const database = await answerOf(indexedDB.open(name));
    const rows = await answerOf(database.transaction('meta').objectStore('meta').getAll());
    database.close();
    for (const row of rows) {
      if (row.recorder !== undefined) Object.assign(found, { focused: row.recorder.focused, idle: row.recorder.idle });
      else if ('visit' in row) {
        const { id, windowId, active, visit } = row;
        found.tabs.push({ id, windowId, active, url: visit?.url ?? null, title: visit?.title ?? null });
      }
    }
  }
  return found;
})()`;

const idOf = async (context: BrowserContext): Promise<string> => {
  const worker = context.serviceWorkers()[0] ?? (await context.waitForEvent('serviceworker'));
  return new URL(worker.url()).host;
};

/** The service workers of a browser, and what ends them. */
const watchWorkers = async (context: BrowserContext, page: Page) => {
  const session = await context.newCDPSession(page);
  const running = new Map<string, string>();
  session.on('ServiceWorker.workerVersionUpdated', ({ versions }) => {
    for (const { versionId, runningStatus } of versions) running.set(versionId, runningStatus);
  });
  await session.send('ServiceWorker.enable');
  const isWorkerRunning = async (): Promise<boolean> =>
    [...running.values()].some((status) => status === 'running' || status === 'starting');
  return {
    isWorkerRunning,
    stopWorker: async (): Promise<void> => {
      await session.send('ServiceWorker.stopAllWorkers');
      await eventually(isWorkerRunning).toBe(false);
    },
  };
};

/** A real Chromium with the unpacked extension, on a profile that outlives it. */
export const openExtensionBrowser = async (profile: string): Promise<ExtensionBrowser> => {
  const screenSaver = await openScreenSaver(`${profile}/bus-${Date.now()}`);
  const env = { ...process.env, DBUS_SESSION_BUS_ADDRESS: screenSaver.address };
  const launched = { executablePath: chromiumProgram(), headless: true, args: EXTENSION_FLAGS, env };
  const context = await chromium.launchPersistentContext(profile, launched);
  context.once('close', () => screenSaver.close());
  const pid = Number(readlinkSync(`${profile}/SingletonLock`).split('-').at(-1));
  const id = await idOf(context);
  // The first tab stays with the extension: from there tests reach its interfaces.
  const home = context.pages()[0] ?? (await context.newPage());
  await home.goto(`chrome-extension://${id}/options.html`);
  const inExtension = <T>(expression: string): Promise<T> => home.evaluate<T>(expression);
  const kept = (): Promise<Kept> => inExtension<Kept>(READ_KEPT);
  /** The tab as the browser has it; it is told of a little after its page is there. */
  const tabOf = async (page: Page): Promise<{ readonly id: number; readonly windowId: number }> => {
    const find = `chrome.tabs.query({}).then((tabs) => tabs.find((one) => one.url === ${JSON.stringify(page.url())}) ?? null)`;
    await eventually(() => inExtension(find)).not.toBe(null);
    return inExtension(find);
  };
  return {
    ...(await watchWorkers(context, home)),
    ...{ context, inExtension, kept },
    openOwn: async (name, { dark = false } = {}) => {
      const page = await context.newPage();
      await page.emulateMedia({ colorScheme: dark ? 'dark' : 'light', reducedMotion: 'reduce' });
      await page.goto(`chrome-extension://${id}/${name}`);
      return page;
    },
    lookAt: async (page) => {
      const tab = await tabOf(page);
      // A window without a screen takes the keyboard from another only when it comes back.
      await inExtension(`chrome.tabs.update(${tab.id}, { active: true })
        .then(() => chrome.windows.update(${tab.windowId}, { state: 'minimized' }))
        .then(() => chrome.windows.update(${tab.windowId}, { state: 'normal', focused: true }))
        .then(() => null)`);
      await eventually(async () => {
        const { focused, tabs } = await kept();
        return focused === tab.windowId && tabs.some((one) => one.id === tab.id && one.active);
      }).toBe(true);
    },
    lockScreen: async (isLocked) => {
      screenSaver.lock(isLocked);
      await eventually(async () => (await kept()).idle).toBe(isLocked ? 'locked' : 'active');
    },
    setOffline: async (isOffline) => {
      await context.setOffline(isOffline);
      await eventually(() => context.serviceWorkers()[0]?.evaluate('navigator.onLine')).toBe(!isOffline);
    },
    signOfLife: async () => {
      const read = () => inExtension<number>(`chrome.storage.local.get('seen').then(({ seen }) => seen?.at ?? 0)`);
      const before = await read();
      await eventually(read).toBeGreaterThan(before);
      return read();
    },
    close: () => context.close(),
    kill: async () => {
      const ended = new Promise((resolve) => context.once('close', resolve));
      process.kill(pid, 'SIGKILL');
      await ended;
    },
  };
};
