import fc from 'fast-check';
import { expect, test } from 'vitest';
import { createRateLimiter } from './rate-limit.ts';

test('lets through the burst, and on end what comes back in the time that went by', () => {
  const waits = fc.array(fc.integer({ min: 0, max: 3_000 }), { maxLength: 200 });
  fc.assert(
    fc.property(waits, fc.integer({ min: 1, max: 20 }), fc.integer({ min: 1, max: 50 }), (pauses, perSecond, burst) => {
      const clock = { now: 1_000_000 };
      const limiter = createRateLimiter({ perSecond, burst }, { mono: () => clock.now });
      let passed = 0;
      for (const pause of pauses) {
        clock.now += pause;
        const { refusal, headers } = limiter.take('ann');
        if (refusal === undefined) {
          passed += 1;
          continue;
        }
        // As long as Retry-After says, and it goes on.
        clock.now += Number(headers['Retry-After']) * 1_000;
        expect(limiter.take('ann').refusal).toBeUndefined();
        passed += 1;
      }
      expect(passed).toBeLessThanOrEqual(burst + ((clock.now - 1_000_000) / 1_000) * perSecond + 1e-6);
    }),
  );
});

test('keys do not share a bucket, and ten thousand others push the quietest one out', () => {
  const limiter = createRateLimiter({ perSecond: 1, burst: 1 }, { mono: () => 0 });
  expect(limiter.take('ann').refusal).toBeUndefined();
  expect(limiter.take('ann').refusal?.code).toBe('TOO_MANY_REQUESTS');
  for (let i = 0; i < 10_000; i += 1) expect(limiter.take(`user-${i}`).refusal).toBeUndefined();
  expect(limiter.take('ann').refusal).toBeUndefined();
});
