import { spawn } from 'node:child_process';
import { createRequire } from 'node:module';
import { createServer } from 'node:net';
import { dirname, join } from 'node:path';

export interface DynamoServer {
  /** Base URL, for the `endpoint` of a storage's URL. */
  readonly endpoint: string;
  stop(): Promise<void>;
}

const STARTS_WITHIN_MS = 20_000;

const freePort = (): Promise<number> =>
  new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      server.close(() => (typeof address === 'object' && address !== null ? resolve(address.port) : reject(new Error('No port'))));
    });
  });

const binary = (): string => {
  const require = createRequire(import.meta.url);
  return join(dirname(require.resolve('@dynoxide/linux-x64/package.json')), 'dynoxide');
};

const isUp = (endpoint: string): Promise<boolean> =>
  fetch(endpoint, { method: 'POST', body: '{}' }).then(
    () => true,
    () => false,
  );

/**
 * Starts an emulator of DynamoDB from npm, in memory. `DYNAMODB_ENDPOINT` names another that runs already (DynamoDB Local, for
 * example). The credentials are made up: an emulator takes any.
 */
export const startDynamoDb = async (): Promise<DynamoServer> => {
  process.env.AWS_ACCESS_KEY_ID ??= 'local';
  process.env.AWS_SECRET_ACCESS_KEY ??= 'local';
  process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED = 'true';
  const given = process.env.DYNAMODB_ENDPOINT;
  if (given !== undefined) return { endpoint: given.replace(/\/$/, ''), stop: async () => {} };
  const port = await freePort();
  const child = spawn(binary(), ['--port', String(port)], { stdio: ['ignore', 'ignore', 'pipe'] });
  const said: string[] = [];
  child.stderr.on('data', (data) => void said.push(String(data)));
  const ended = new Promise<void>((resolve) => void child.once('exit', () => resolve()));
  const endpoint = `http://127.0.0.1:${port}`;
  const giveUp = Date.now() + STARTS_WITHIN_MS;
  while (!(await isUp(endpoint))) {
    if (child.exitCode !== null || Date.now() > giveUp) throw new Error(`The DynamoDB emulator did not start:\n${said.join('')}`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  return {
    endpoint,
    stop: async () => {
      child.kill();
      await ended;
    },
  };
};
