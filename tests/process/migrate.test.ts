import { copyFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { timeTracker } from '@tidemark/apps/time-tracker';
import { type ClientStore, createMemoryStore, openClient } from '@tidemark/client';
import { DEVELOPMENT_ISSUER } from '@tidemark/server';
import { expect, onTestFinished, test } from 'vitest';
import { callerOf } from './platform/http.ts';
import { freshFolder, serve, tidemark, tokenOf } from './platform/tidemark-process.ts';
import { chooseSeed, seededRandom } from './seeded-random.ts';
import { createWriter } from './writer.ts';

const KILLER = fileURLToPath(new URL('./platform/kill-at-turn.js', import.meta.url));
const USERS = ['ann', 'bob', 'cleo'];
const PUSHES = 8;
const RUNS_MAX = 40;
/** Each run gets so much further than the one before it before it is killed. */
const KILL_STEP = 4;

const open = async (store: ClientStore, url: string, token: string) => {
  const client = await openClient({
    app: timeTracker,
    url: `${url}/apps/time-tracker`,
    token: () => token,
    account: { issuer: DEVELOPMENT_ISSUER, subject: 'demo' },
    store,
  });
  onTestFinished(() => client.close());
  return client;
};
const task = (title: string) => ({ title, archived: false, tags: [], intervals: [], updatedAt: 1 });

test('a move that is killed again and again ends with everything once, and clients go on as if nothing had been', {
  timeout: 240_000,
}, async () => {
  const seed = chooseSeed();
  const [data, next] = [await freshFolder(), await freshFolder()];
  const token = await tokenOf(data, 'demo');
  const before = await serve(['--data', data]);
  for (const [index, user] of USERS.entries()) {
    const writer = createWriter(`phone-of-${user}`, seededRandom(seed + index));
    let pushes = 0;
    await writer.write(callerOf(before.url, await tokenOf(data, user)), () => pushes++ === PUSHES);
  }
  const store = createMemoryStore(true);
  const device = await open(store, before.url, token);
  await device.collection('tasks').put(task('synced'), 'synced');
  expect(await device.sync()).toMatchObject({ state: 'synced', pending: 0 });
  const { clientId } = device;
  device.setOnline(false);
  await device.collection('tasks').put(task('offline'), 'offline');
  await device.close();
  await before.end('SIGTERM');

  const args = ['migrate', '--from', `sqlite:${data}`, '--to', `sqlite:${next}`];
  let kills = 0;
  for (; kills < RUNS_MAX; kills++) {
    const KILL = kills % 2 === 0 ? 'before' : 'after';
    const variables = { NODE_OPTIONS: `--import=${KILLER}`, KILL_AT: String(3 + kills * KILL_STEP), KILL };
    const { code, signal, stdout, stderr } = await tidemark(args, { variables });
    if (code === 0) {
      expect(stdout).toMatch(/Both places are the same|nothing was done/u);
      break;
    }
    expect({ signal, stderr, seed }).toMatchObject({ signal: 'SIGKILL' });
    if (kills === 1)
      expect(await tidemark(['serve', '--port', '0', '--data', next])).toMatchObject({
        code: 1,
        stderr: expect.stringContaining('has not ended'),
      });
  }
  expect(kills).toBeGreaterThan(2);
  expect(await tidemark(args)).toMatchObject({ code: 0, stdout: expect.stringContaining('nothing was done') });
  expect(await tidemark(['doctor', '--data', next])).toMatchObject({ code: 0 });

  await copyFile(join(data, 'development-key.json'), join(next, 'development-key.json'));
  const after = await serve(['--data', next]);
  const again = await open(store, after.url, token);
  expect(again.outbox()).toHaveLength(1);
  expect(await again.sync()).toMatchObject({ state: 'synced', pending: 0, parked: 0, openConflicts: 0 });
  expect(again.clientId).toBe(clientId);
  expect(
    again
      .collection('tasks')
      .list()
      .map(({ id }) => id)
      .sort(),
  ).toEqual(['offline', 'synced']);
  await again.close();
  await after.end('SIGTERM');
});

test('wrong places are refused, and nothing is written to them', { timeout: 120_000 }, async () => {
  const [data, other] = [await freshFolder(), await freshFolder()];
  await tokenOf(data, 'demo');
  for (const folder of [data, other]) {
    const server = await serve(['--data', folder]);
    const writer = createWriter('phone', seededRandom(1));
    let pushes = 0;
    await writer.write(callerOf(server.url, await tokenOf(folder, 'ann')), () => pushes++ === 1);
    await server.end('SIGTERM');
  }
  const refused = async (from: string, to: string) => {
    const { code, stderr } = await tidemark(['migrate', '--from', from, '--to', to]);
    return `${code} ${stderr}`;
  };
  expect(await refused(`sqlite:${data}`, `sqlite:${other}`)).toMatch(/^2 .*something in the new place already/su);
  expect(await refused(`sqlite:${data}`, `sqlite:${data}`)).toMatch(/^2 .*the same place/su);
  expect(await refused('sqlite:./nowhere', `sqlite:${other}`)).toMatch(/^2 .*no database at/su);
  expect(await refused('sqlite', `sqlite:${other}`)).toMatch(/^2 .*Name the folder/su);
});
