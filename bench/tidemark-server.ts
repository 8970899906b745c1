import { fileURLToPath } from 'node:url';
import { type Connection, connect } from './platform/http.ts';
import { freshFolder, type Running, start } from './platform/process.ts';
import { APP } from './tasks.ts';

// The bench runs as one bundle in bench/dist/.
const BIN = fileURLToPath(new URL('../../packages/cli/bin/tidemark.js', import.meta.url));
const READY = /^Tidemark is ready at http:\/\/localhost:(\d+)$/m;

/** A real `tidemark serve` on SQLite in a folder of its own. */
export interface TidemarkServer extends Running {
  /** Address of the app's mount. */
  readonly app: string;
  /** A token of the timer unless another app is named. */
  tokenOf(user: string, app?: string): Promise<string>;
  /** A connection that speaks for a user, to the app's mount. */
  connect(user: string): Promise<Connection>;
  /** The sum of a metric over all labels. */
  metric(name: string): Promise<number>;
}

export interface ServerOptions {
  /** Default: a fresh one. */
  readonly data?: string;
  /** A folder for a CPU profile of the process. */
  readonly profile?: string;
}

export const startTidemark = async ({ data = freshFolder(), profile }: ServerOptions = {}): Promise<TidemarkServer> => {
  const nodeOptions = profile === undefined ? [] : ['--cpu-prof', `--cpu-prof-dir=${profile}`];
  const running = await start(nodeOptions, BIN, ['serve', '--port', '0', '--data', data, '--log-level', 'error'], READY);
  const root = connect(running.url);
  const app = `${running.url}/apps/${APP}`;
  const tokenOf = async (user: string, name = APP): Promise<string> => {
    const answer: { token: string } = JSON.parse(await root.call('POST', '/development/token', JSON.stringify({ app: name, user })));
    return answer.token;
  };
  return {
    ...running,
    app,
    tokenOf,
    connect: async (user) => connect(app, { authorization: `Bearer ${await tokenOf(user)}` }),
    metric: async (name) => sumOf(name, await root.call('GET', '/metrics')),
    stop: () => {
      root.close();
      return running.stop();
    },
  };
};

/** Adds up the samples of one metric in the Prometheus text format. */
const sumOf = (name: string, text: string): number =>
  text
    .split('\n')
    .filter((line) => line.startsWith(`${name} `) || line.startsWith(`${name}{`))
    .reduce((sum, line) => sum + Number(line.slice(line.lastIndexOf(' ') + 1)), 0);
