import { defineConfig } from 'vitest/config';
import { BaseSequencer } from 'vitest/node';
import { chosenFolder } from './parts.js';

const resolve = { conditions: ['@tidemark/source', 'node', 'import', 'default'] };

// Tests of speed fail on instrumented code. The longest ones, of which one plays at random, are left out: the score is then that of
// the others, at least what it would be with them, and the same again.
const LEFT_OUT = ['bounds', 'convergence', 'interleavings', 'outcomes-of-healing'];

/** Tables of outcomes notice nearly every change, and take longest to: what notices it sooner goes first. */
class TablesLast extends BaseSequencer {
  async sort(files) {
    const isTable = ({ moduleId }) => Number(moduleId.includes('/outcomes'));
    return [...files].sort((a, b) => isTable(a) - isTable(b) || (a.moduleId < b.moduleId ? -1 : 1));
  }
}

export default defineConfig({
  resolve,
  ssr: { resolve },
  test: {
    include: [`${chosenFolder()}/*.test.ts`],
    exclude: LEFT_OUT.map((name) => `**/${name}.test.ts`),
    testTimeout: 120_000,
    isolate: false,
    sequence: { sequencer: TablesLast },
  },
});
