import { execFileSync } from 'node:child_process';
import { readlinkSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { type BrowserContext, chromium, type Page } from 'playwright-core';
import { chromiumProgram, FLAGS } from '../chromium.ts';
import { eventually } from './eventually.ts';

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

export interface ExtensionBrowser {
  readonly context: BrowserContext;
  /** Opens a page of the extension in a tab. */
  openOwn(name: 'popup.html' | 'options.html', options?: { readonly dark?: boolean }): Promise<Page>;
  /** Runs an expression where `chrome` is that of the extension, in a page of its own. */
  inExtension<T>(expression: string): Promise<T>;
  /** Shows the tab of this page, and gives its window the keyboard: a headless browser never takes it from one to another. */
  lookAt(page: Page): Promise<void>;
  /** What the operating system says about the person: no one can be made idle in a headless browser. */
  setIdle(state: 'active' | 'idle' | 'locked'): Promise<void>;
  /** Ends the service worker, whatever it does. */
  stopWorker(): Promise<void>;
  isWorkerRunning(): Promise<boolean>;
  close(): Promise<void>;
  /** Kills the process, as a power cut would. */
  kill(): Promise<void>;
}

const idOf = async (context: BrowserContext): Promise<string> => {
  const worker = context.serviceWorkers()[0] ?? (await context.waitForEvent('serviceworker'));
  return new URL(worker.url()).host;
};

/** A real Chromium with the unpacked extension, on a profile that outlives it. */
export const openExtensionBrowser = async (profile: string): Promise<ExtensionBrowser> => {
  const launched = { executablePath: chromiumProgram(), headless: true, args: EXTENSION_FLAGS };
  const context = await chromium.launchPersistentContext(profile, launched);
  const pid = Number(readlinkSync(`${profile}/SingletonLock`).split('-').at(-1));
  const id = await idOf(context);
  // The first tab stays with the extension: from there tests reach its interfaces.
  const home = context.pages()[0] ?? (await context.newPage());
  await home.goto(`chrome-extension://${id}/options.html`);
  const inExtension = <T>(expression: string): Promise<T> => home.evaluate<T>(expression);
  const workers = await context.newCDPSession(home);
  await workers.send('ServiceWorker.enable');
  const running = new Map<string, string>();
  workers.on('ServiceWorker.workerVersionUpdated', ({ versions }) => {
    for (const { versionId, runningStatus } of versions) running.set(versionId, runningStatus);
  });
  const isWorkerRunning = async (): Promise<boolean> =>
    [...running.values()].some((status) => status === 'running' || status === 'starting');
  /** Stands in for what the operating system tells the browser. */
  const dispatch = async (expression: string): Promise<void> => {
    const worker = context.serviceWorkers().at(-1);
    if (worker === undefined) throw new Error('the worker does not run');
    await worker.evaluate(expression);
  };
  return {
    context,
    inExtension,
    isWorkerRunning,
    openOwn: async (name, { dark = false } = {}) => {
      const page = await context.newPage();
      await page.emulateMedia({ colorScheme: dark ? 'dark' : 'light', reducedMotion: 'reduce' });
      await page.goto(`chrome-extension://${id}/${name}`);
      return page;
    },
    lookAt: async (page) => {
      const url = JSON.stringify(page.url());
      // A tab is told of a little after its page is there.
      await eventually(() => inExtension(`chrome.tabs.query({}).then((tabs) => tabs.some((one) => one.url === ${url}))`)).toBe(true);
      const windowId = await inExtension<number>(`chrome.tabs.query({}).then(async (tabs) => {
        const tab = tabs.find((one) => one.url === ${url});
        await chrome.tabs.update(tab.id, { active: true });
        return tab.windowId;
      })`);
      await dispatch(`chrome.windows.onFocusChanged.dispatch(${windowId})`);
    },
    setIdle: (state) => dispatch(`chrome.idle.onStateChanged.dispatch(${JSON.stringify(state)})`),
    stopWorker: async () => {
      await workers.send('ServiceWorker.stopAllWorkers');
      await eventually(isWorkerRunning).toBe(false);
    },
    close: () => context.close(),
    kill: async () => {
      const ended = new Promise((resolve) => context.once('close', resolve));
      process.kill(pid, 'SIGKILL');
      await ended;
    },
  };
};
