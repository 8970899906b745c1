import { defineConfig } from 'vitest/config';

// No `import` among them: Node would take it for what is required too.
const resolve = { conditions: ['@tidemark/source', 'node', 'default'] };
const project = (name: string, include: string[], more: object = {}) => ({
  resolve,
  ssr: { resolve },
  test: { name, include, environment: 'node' as const, ...more },
});

/**
 * unit: in-process, fast. rules: the house rules. sim: virtual worlds. process: real server processes. postgres: a real PostgreSQL
 * (and, beside it, the emulator).
 * dynamodb: an emulator of DynamoDB from npm. browser: a real Chromium.
 */
export default defineConfig({
  test: {
    projects: [
      project('unit', ['packages/**/*.test.ts', 'console/**/*.test.ts', 'extension/**/*.test.ts', 'deploy/**/*.test.ts'], {
        testTimeout: 30_000,
      }),
      project('rules', ['tools/**/*.test.ts'], { isolate: false, testTimeout: 60_000 }),
      project('sim', ['tests/sim/**/*.test.ts'], { testTimeout: 120_000 }),
      project('process', ['tests/{process,fuzz}/**/*.test.ts'], { testTimeout: 240_000, hookTimeout: 60_000, fileParallelism: false }),
      project('postgres', ['tests/postgres/**/*.test.ts'], {
        testTimeout: 60_000,
        hookTimeout: 60_000,
        globalSetup: ['tests/postgres/setup.ts', 'tests/dynamodb/setup.ts'],
      }),
      project('dynamodb', ['tests/dynamodb/**/*.test.ts'], {
        testTimeout: 60_000,
        hookTimeout: 60_000,
        globalSetup: ['tests/dynamodb/setup.ts'],
      }),
      project('browser', ['tests/browser/**/*.test.ts'], { testTimeout: 120_000, hookTimeout: 120_000, fileParallelism: false }),
    ],
  },
});
