import { RateLimiterMemory, RateLimiterRes } from 'rate-limiter-flexible';
import { type AllowanceName, type Allowances, type Counters, DEFAULT_ALLOWANCES } from '../limits.ts';

const isAllowanceName = (name: string): name is AllowanceName => Object.hasOwn(DEFAULT_ALLOWANCES, name);

/** Counts in the memory of this process, by its own clock. Several processes count each for itself. */
export const createMemoryCounters = (allowances: Allowances): Counters => {
  const limiters = new Map(
    Object.entries(allowances)
      .filter(([name]) => isAllowanceName(name))
      .map(([name, { attempts, seconds }]) => [name, new RateLimiterMemory({ keyPrefix: name, points: attempts, duration: seconds })]),
  );
  return {
    take: async (name, key) => {
      try {
        await limiters.get(name)?.consume(key);
        return undefined;
      } catch (refused) {
        if (refused instanceof RateLimiterRes) return refused.msBeforeNext;
        throw refused;
      }
    },
    forget: async (name, key) => void (await limiters.get(name)?.delete(key)),
  };
};
