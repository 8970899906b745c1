import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { commandsOfDocs, proofOf } from '../../tools/rules/docs-commands.ts';
import { readRepository, repositoryRoot } from '../../tools/rules/read-repository.ts';

const tidemark = join(repositoryRoot, 'packages/cli/bin/tidemark.js');
const runFile = promisify(execFile);
const npm = process.platform === 'win32' ? 'npm.cmd' : 'npm';

/** `npx tidemark serve --port 8787` → [serve, --port, 0]: as documented, but on a port that is free. */
const argumentsOf = (command: string): readonly string[] =>
  command
    .replace(/^npx tidemark /, '')
    .replace(/--port \d+/, '--port 0')
    .split(/\s+/);

const readyPort = async (child: ChildProcess): Promise<string> => {
  const seen: string[] = [];
  if (child.stdout === null) throw new Error('the output must be piped');
  for await (const line of createInterface({ input: child.stdout })) {
    seen.push(line);
    const port = /ready at http:\/\/[^:]+:(\d+)/.exec(line)?.[1];
    if (port !== undefined) return port;
  }
  throw new Error(`it ended before it was ready:\n${seen.join('\n')}`);
};

/** Runs `work` against the server once it is ready, then stops it; answers its exit code. Kills the whole group if it will not stop. */
const whileServing = async (child: ChildProcess, work: (origin: string) => Promise<void>): Promise<number | null> => {
  const ended = once(child, 'exit');
  try {
    await work(`http://127.0.0.1:${await readyPort(child)}`);
    child.stdout?.resume();
    if (child.pid !== undefined) process.kill(-child.pid, 'SIGTERM');
    await ended;
  } finally {
    if (child.exitCode === null && child.signalCode === null && child.pid !== undefined) process.kill(-child.pid, 'SIGKILL');
  }
  return child.exitCode;
};

const stdio: ['ignore', 'pipe', 'inherit'] = ['ignore', 'pipe', 'inherit'];
let folder = '';

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tidemark-docs-'));
});
afterAll(() => rm(folder, { recursive: true, force: true, maxRetries: 5 }));

const pushOneTask = async (origin: string, token: string): Promise<void> => {
  const fields = { title: 'Tides', intervals: [], archived: false, tags: [], updatedAt: 0, version: 1 };
  const mutation = { mutationId: 'm-1', n: 1, collection: 'tasks', id: 't-1', op: 'put', base: 0, at: 0, fields };
  const answer = await fetch(`${origin}/apps/time-tracker/sync/push`, {
    method: 'POST',
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
    body: JSON.stringify({ protocolVersion: 1, clientId: 'c-1', schemaVersion: 1, mutations: [mutation] }),
  });
  expect(await answer.json()).toMatchObject({ accepted: [{ mutationId: 'm-1', status: 'applied' }] });
};

const run = (args: readonly string[]) => runFile(process.execPath, [tidemark, ...args], { cwd: folder });

const serveOnce = async (args: readonly string[]): Promise<void> => {
  const child = spawn(process.execPath, [tidemark, ...args], { cwd: folder, stdio, detached: true });
  const exitCode = await whileServing(child, async (origin) => {
    const { stdout } = await run(['token', '--app', 'time-tracker', '--user', 'demo']);
    await pushOneTask(origin, stdout.trim().split('\n').at(-1) ?? '');
  });
  expect(exitCode).toBe(0);
};

const documented = commandsOfDocs(readRepository()).filter(({ command }) => proofOf(command) === 'tidemark');

// In the order of the pages, in one folder: what one command makes, the next one needs.
describe('commands of the docs', () => {
  test.each(documented.map(({ path, line, command }) => [command, `${path}:${line}`] as const))('%s (%s)', async (command) => {
    const args = argumentsOf(command);
    if (args[0] === 'serve') await serveOnce(args);
    else await run(args);
  });

  test('npm start serves the page', async () => {
    const env = { ...process.env, PORT: '0', TIDEMARK_DATA: join(folder, 'start') };
    const child = spawn(npm, ['start'], { cwd: repositoryRoot, env, stdio, detached: true });
    await whileServing(child, async (origin) => {
      const page = await fetch(`${origin}/`);
      expect(page.status).toBe(200);
      expect(await page.text()).toContain('<div id="root"');
    });
  });
});
