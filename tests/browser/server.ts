import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../../', import.meta.url));
const START_TIMEOUT_MS = 20_000;

export interface Server {
  /** http://localhost:PORT */
  readonly url: string;
  stop(): Promise<void>;
}

const addressOf = async (output: NodeJS.ReadableStream): Promise<string> => {
  for await (const line of createInterface({ input: output })) {
    const address = /http:\/\/localhost:\d+/.exec(line)?.[0];
    if (address !== undefined && line.includes('ready')) return address;
  }
  throw new Error('the server ended before it was ready');
};

/** A real `tidemark serve` on a free port, with an empty data folder of its own. */
export const startServer = async (): Promise<Server> => {
  for (const built of ['packages/cli/dist/main.js', 'console/dist/index.html']) {
    if (!existsSync(join(root, built))) throw new Error(`${built} is missing: run \`npm run build\` first.`);
  }
  const data = mkdtempSync(join(tmpdir(), 'tidemark-browser-'));
  const args = ['packages/cli/bin/tidemark.js', 'serve', '--port', '0', '--data', data];
  const child = spawn(process.execPath, args, { cwd: root, stdio: ['ignore', 'pipe', 'inherit'] });
  const ended = once(child, 'exit');
  const late = AbortSignal.timeout(START_TIMEOUT_MS);
  late.addEventListener('abort', () => child.exitCode === null && !ready && child.kill('SIGKILL'));
  let ready = false;
  const url = await addressOf(child.stdout);
  ready = true;
  child.stdout.resume();
  return {
    url,
    stop: async () => {
      child.kill('SIGTERM');
      await ended;
      rmSync(data, { recursive: true, force: true });
    },
  };
};
