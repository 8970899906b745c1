import { expect, test } from 'vitest';
import { DAY_MS, openAccounts } from './accounts.suite.ts';

test('the jobs run at once and every minute, live through a fault, and stop', async () => {
  const { accounts, items, env, signUp } = await openAccounts();
  await signUp();
  const before = (await items.scan({ limit: 100 })).items.length;
  let faults = 1;
  const runs: number[] = [];
  const { purge } = items;
  items.purge = async (expired) => {
    runs.push(expired.now);
    if (faults-- > 0) throw new Error('the disk failed');
    return purge(expired);
  };
  const waiting = env.waitingTimers();
  const stop = accounts.jobs.start();
  const untilArmed = async (): Promise<void> => {
    while (env.waitingTimers() === waiting) await new Promise<void>((resolve) => void queueMicrotask(resolve));
  };
  await untilArmed();
  expect(runs).toHaveLength(1);
  env.moveWall(400 * DAY_MS);
  env.fireTimers();
  await untilArmed();
  expect(runs.length).toBeGreaterThan(1);
  const left = (await items.scan({ limit: 100 })).items;
  expect(left.length).toBeLessThan(before);
  expect(left.every(({ expiresAt }) => expiresAt === null)).toBe(true);
  await stop();
  expect(env.waitingTimers()).toBe(waiting);
});
