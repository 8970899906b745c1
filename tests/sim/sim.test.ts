import { expect, test } from 'vitest';
import { run } from './run.ts';

// The same few seeds in every CI run, a check that nothing broke and no proof: `npm run sim` plays as many others as one likes.

const SEEDS = Array.from({ length: 16 }, (_, i) => 101 + i);

test.each(SEEDS)('seed %i holds every invariant', async (seed) => {
  const report = await run(seed);
  expect(report.violations).toEqual([]);
});

test.each([7, 8])('seed %i gives the same trace twice', async (seed) => {
  const [first, second] = [await run(seed), await run(seed)];
  expect(second.traceHash).toBe(first.traceHash);
  expect(first.steps).toBeGreaterThan(100);
});
