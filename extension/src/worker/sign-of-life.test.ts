import { createMemoryTokens } from '@tidemark/client/account';
import { createMemoryStore } from '@tidemark/client/memory';
import { expect, test } from 'vitest';
import { record } from '../recorder/recorder.ts';
import { NOTHING_SEEN } from '../recorder/recorder-state.ts';
import { FIRST_SETTINGS } from './browser-port.ts';
import { createSignOfLife } from './sign-of-life.ts';
import { browserOf, envOf, type Surroundings } from './world.suite.ts';

const lookedAt = (focused: number | null) =>
  record(NOTHING_SEEN, {
    ...{ kind: 'snapshot', at: 1_000, session: 's', focused, idle: 'active' },
    tabs: [{ id: 1, windowId: 1, active: true, url: 'https://a.example/', audible: false, incognito: false }],
    rules: { recording: true, excluded: [] },
  }).state;

const open = () => {
  const around: Surroundings = { settings: FIRST_SETTINGS, seen: null, now: 1_000, look: null };
  let timer: (() => void) | null = null;
  const env = {
    ...envOf(around, async () => Promise.reject(new Error('not here'))),
    setTimer: (_: number, fire: () => void) => {
      timer = fire;
      return () => {
        timer = null;
      };
    },
  };
  const awake: number[] = [];
  const parts = { env, browser: browserOf(around), tokens: createMemoryTokens(), openStore: async () => createMemoryStore() };
  const life = createSignOfLife(parts, (lastSeen) => awake.push(lastSeen));
  const tick = (now: number): boolean => {
    around.now = now;
    const fire = timer;
    timer = null;
    fire?.();
    return fire !== null;
  };
  return { around, life, awake, tick };
};

test('while a page is looked at, each tick is written down; then no more', async () => {
  const { around, life, tick } = open();
  await life.follow(lookedAt(1));
  expect([tick(1_500), tick(2_000)]).toEqual([true, true]);
  expect(around.seen).toEqual({ session: 's', at: 2_000 });
  await life.follow(lookedAt(null));
  expect(tick(2_500)).toBe(false);
  expect(around.seen?.at).toBe(2_000);
});

test('after a sleep of the machine it tells until when it was awake', async () => {
  const { life, awake, tick } = open();
  await life.follow(lookedAt(1));
  tick(50_000);
  tick(3_600_000);
  expect(awake).toEqual([50_000]);
  expect(life.at()).toBe(3_600_000);
});
