import { defineConfig } from 'vitest/config';
import { chosenFolder } from './parts.js';

const resolve = { conditions: ['@tidemark/source', 'node', 'import', 'default'] };

// Tests of speed fail on instrumented code.
export default defineConfig({
  resolve,
  ssr: { resolve },
  test: { include: [`${chosenFolder()}/*.test.ts`], exclude: ['**/bounds.test.ts'], testTimeout: 120_000 },
});
