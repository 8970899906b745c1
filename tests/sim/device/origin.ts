import type { ClientEnv } from '@tidemark/client';
import type { Context, Life } from '../world/context.ts';

// What the tabs of one device share, as a browser's origin has it: Web Locks and a BroadcastChannel.

/** Web Locks of one origin; where a profile has none, everybody goes at once. */
export const createLocks = (context: Context) => {
  let holder: Life | undefined;
  let waiting: (() => void)[] = [];
  const release = (): void => {
    holder = undefined;
    const next = waiting.shift();
    next?.();
  };
  return {
    onDeath: (life: Life): void => {
      if (holder !== life) return;
      context.sometimes.hit('leader died while it held the lock');
      release();
    },
    lock: async <T>(life: Life, task: () => Promise<T>): Promise<T> => {
      if (!context.profile.locks) return task();
      while (holder !== undefined) await new Promise<void>((resolve) => waiting.push(resolve));
      if (!life.alive) {
        waiting.shift()?.();
        return new Promise<T>(() => undefined);
      }
      holder = life;
      try {
        return await task();
      } finally {
        if (holder === life) release();
      }
    },
    forget: (): void => {
      waiting = [];
      holder = undefined;
    },
  };
};

export const createChannel = (context: Context) => {
  const listeners = new Map<() => void, Life>();
  return (life: Life, onMessage: () => void): ReturnType<ClientEnv['channel']> => {
    listeners.set(onMessage, life);
    return {
      post: () => {
        for (const [listener, other] of listeners) {
          if (listener === onMessage || !other.alive) continue;
          context.loop.after(1, `${other.name} hears of ${life.name}`, () => (other.alive ? listener() : undefined));
        }
      },
      close: () => void listeners.delete(onMessage),
    };
  };
};
