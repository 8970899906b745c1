import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import type { Page } from 'playwright-core';
import { expect, onTestFinished, test } from 'vitest';
import { openChromium, openPage } from './chromium.ts';

// The three commands of docs/REACT.md, as they stand there, and the app that they make.

const TIDEMARK = fileURLToPath(new URL('../../packages/cli/bin/tidemark.js', import.meta.url));
const run = promisify(execFile);

const freshFolder = (): string => {
  const folder = mkdtempSync(join(tmpdir(), 'tidemark-new-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true, maxRetries: 5 }));
  return folder;
};

const addressOf = async (child: ChildProcess): Promise<string> => {
  if (child.stdout === null) throw new Error('the output must be piped');
  for await (const line of createInterface({ input: child.stdout })) {
    const address = /ready at (http:\/\/localhost:\d+)/.exec(line)?.[1];
    if (address !== undefined) return address;
  }
  throw new Error('the app ended before it was ready');
};

const startApp = async (folder: string, port: string) => {
  const env = { ...process.env, PORT: port };
  const child = spawn('npm', ['start'], { cwd: folder, env, stdio: ['ignore', 'pipe', 'inherit'], detached: true });
  const ended = once(child, 'exit');
  const end = async (): Promise<void> => {
    if (child.exitCode === null && child.signalCode === null && child.pid !== undefined) process.kill(-child.pid, 'SIGTERM');
    await ended;
  };
  onTestFinished(end);
  const url = await addressOf(child);
  child.stdout?.resume();
  return { url, end };
};

const items = (page: Page) => page.locator('li label').allTextContents();
const soon = <T>(read: () => T) => expect.poll(read, { timeout: 30_000 });

test('tidemark new makes an app that runs at once, syncs two windows, and works while its server is down', async () => {
  const folder = freshFolder();
  const { stdout } = await run(process.execPath, [TIDEMARK, 'new', 'my-app'], { cwd: folder });
  expect(stdout).toBe('cd my-app\nnpm start\n');
  const app = join(folder, 'my-app');
  const server = await startApp(app, '0');
  const browser = await openChromium();
  onTestFinished(() => browser.close());
  const [one, two] = [await openPage(browser, server.url), await openPage(browser, server.url)];
  await one.page.getByLabel('New task').fill('Tides');
  await one.page.keyboard.press('Enter');
  await soon(() => items(two.page)).toEqual([' Tides']);
  await two.page.getByRole('checkbox', { name: 'Tides' }).click();
  await soon(() => one.page.getByRole('checkbox', { name: 'Tides' }).isChecked()).toBe(true);
  expect([...one.troubles, ...two.troubles]).toEqual([]);

  await server.end();
  await one.page.getByLabel('New task').fill('Ebb');
  await one.page.keyboard.press('Enter');
  await soon(() => items(one.page)).toEqual([' Ebb', ' Tides']);
  await startApp(app, new URL(server.url).port);
  await one.page.getByRole('button', { name: /Sync now|Try again/ }).click();
  await soon(() => items(two.page)).toEqual([' Ebb', ' Tides']);
});

test('tidemark new names the app as its folder, and touches nothing that is there', async () => {
  const folder = freshFolder();
  await run(process.execPath, [TIDEMARK, 'new', 'garden-log'], { cwd: folder });
  expect(readFileSync(join(folder, 'garden-log/schema.js'), 'utf8')).toContain("name: 'garden-log'");
  expect(JSON.parse(readFileSync(join(folder, 'garden-log/package.json'), 'utf8'))).toMatchObject({ name: 'garden-log' });
  writeFileSync(join(folder, 'garden-log/schema.js'), 'mine');
  for (const [name, why] of [
    ['garden-log', 'is there already'],
    ['Garden', 'is no name for an app'],
  ] as const) {
    await expect(run(process.execPath, [TIDEMARK, 'new', name], { cwd: folder })).rejects.toMatchObject({
      code: 2,
      stderr: expect.stringContaining(why),
    });
  }
  expect(readFileSync(join(folder, 'garden-log/schema.js'), 'utf8')).toBe('mine');
  expect(existsSync(join(folder, 'Garden'))).toBe(false);
});
