import { expect, test } from 'vitest';
import { readFolder } from '../platform/files.ts';
import { run } from '../run.ts';
import { asRegression } from './regression.ts';

const files = await readFolder('tests/sim/regressions');

test.each(files)('%s passes', async (_, text) => {
  const { profile } = asRegression(text);
  const report = await run(profile.seed, profile);
  expect(report.violations).toEqual([]);
});
