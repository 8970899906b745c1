import { chosenFolder } from './parts.js';

const folder = chosenFolder();

export default {
  testRunner: 'vitest',
  plugins: ['@stryker-mutator/vitest-runner'],
  vitest: { configFile: 'tools/mutation/vitest.config.js', related: false },
  mutate: [`${folder}/*.ts`, `!${folder}/*.{test,suite}.ts`],
  // Codes and names are unions that the compiler checks, messages are for people.
  mutator: { excludedMutations: ['StringLiteral'] },
  coverageAnalysis: 'perTest',
  concurrency: 2,
  timeoutMS: 10_000,
  reporters: ['clear-text', 'json', 'progress-append-only'],
  clearTextReporter: { allowColor: false, logTests: false },
  jsonReporter: { fileName: `.stamp/mutation-${process.env.MUTATION_PART}.json` },
  tempDirName: '.stamp/mutation',
  ignorePatterns: ['data', 'bench', 'tests', 'console', '**/dist'],
  thresholds: { high: 95, low: 90, break: 90 },
};
