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
  /** Ends the process and starts another at the same address, with the same development key but an empty database. */
  restartEmpty(): Promise<void>;
  stop(): Promise<void>;
}

interface Running {
  readonly url: string;
  end(): Promise<void>;
}

const addressOf = async (output: NodeJS.ReadableStream): Promise<string> => {
  for await (const line of createInterface({ input: output })) {
    const address = /http:\/\/localhost:\d+/.exec(line)?.[0];
    if (address !== undefined && line.includes('ready')) return address;
  }
  throw new Error('the server ended before it was ready');
};

const run = async (data: string, port: string, app: string | undefined): Promise<Running> => {
  const only = app === undefined ? [] : ['--app', app];
  const args = ['packages/cli/bin/tidemark.js', 'serve', '--port', port, '--data', data, ...only];
  const child = spawn(process.execPath, args, { cwd: root, stdio: ['ignore', 'pipe', 'pipe'] });
  const ended = once(child, 'exit');
  const late = AbortSignal.timeout(START_TIMEOUT_MS);
  const giveUp = () => child.kill('SIGKILL');
  late.addEventListener('abort', giveUp);
  child.stderr.resume();
  const url = await addressOf(child.stdout);
  late.removeEventListener('abort', giveUp);
  child.stdout.resume();
  return {
    url,
    end: async () => {
      child.kill('SIGTERM');
      await ended;
    },
  };
};

/** A real `tidemark serve` on a free port, with an empty data folder of its own; with `app` only that one, at the root. */
export const startServer = async ({ app }: { readonly app?: string } = {}): Promise<Server> => {
  for (const built of ['packages/cli/dist/main.js', 'console/dist/index.html']) {
    if (!existsSync(join(root, built))) throw new Error(`${built} is missing: run \`npm run build\` first.`);
  }
  const data = mkdtempSync(join(tmpdir(), 'tidemark-browser-'));
  let running = await run(data, '0', app);
  const { url } = running;
  return {
    url,
    restartEmpty: async () => {
      await running.end();
      for (const suffix of ['', '-wal', '-shm']) rmSync(join(data, `tidemark.db${suffix}`), { force: true });
      running = await run(data, new URL(url).port, app);
    },
    stop: async () => {
      await running.end();
      rmSync(data, { recursive: true, force: true });
    },
  };
};
