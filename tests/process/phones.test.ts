import { type MonthsServer, playMonths } from '@tidemark/apps/repertoire/months';
import { expect, test } from 'vitest';
import { freshFolder, type RunningServer, serve, tokenOf } from './platform/tidemark-process.ts';

const RESTARTS = 6;

/** A `tidemark serve --app repertoire`, killed and started again on its folder whenever the world says so. */
const openProcess = async (): Promise<MonthsServer & { readonly starts: () => number }> => {
  const data = await freshFolder();
  const token = await tokenOf(data, 'ada', 'repertoire');
  const start = (): Promise<RunningServer> => serve(['--app', 'repertoire', '--data', data]);
  let running = await start();
  let starts = 1;
  return {
    // The process keeps its own time: phones run hours and days ahead of it.
    clock: { wall: Date.now() },
    starts: () => starts,
    request: (method, path, body) => {
      const headers = { Authorization: `Bearer ${token}`, 'Content-Type': 'application/json' };
      return fetch(`${running.url}${path}`, { method, headers, ...(body === undefined ? {} : { body }) });
    },
    restart: async () => {
      await running.end('SIGKILL');
      running = await start();
      starts += 1;
    },
  };
};

test.each([1, 4])(
  'weeks of three phones over HTTP, the server killed now and then: nothing lost, all end equal (seed %i)',
  async (seed) => {
    const server = await openProcess();
    await playMonths(seed, server, RESTARTS);
    expect(server.starts()).toBeGreaterThan(1);
  },
);
