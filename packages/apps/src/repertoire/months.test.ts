import { expect, test } from 'vitest';
import { playMonths } from './months.suite.ts';
import { openRepertoireServer } from './repertoire-server.suite.ts';

const SEEDS = Number(process.env.TIDEMARK_REPERTOIRE_SEEDS ?? 30);
const FIRST = Number(process.env.TIDEMARK_REPERTOIRE_SEED ?? 1);

test('weeks of three phones: no edit lost, all end equal, sessions exact', { timeout: 600_000 }, async () => {
  expect(SEEDS).toBeGreaterThan(0);
  for (let seed = FIRST; seed < FIRST + SEEDS; seed += 1) {
    await playMonths(seed, await openRepertoireServer({ kind: seed % 2 === 0 ? 'memory' : 'sqlite' }));
  }
});
