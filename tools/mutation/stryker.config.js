import { chosenFolder, reportOf } from './parts.js';

const folder = chosenFolder();

export default {
  testRunner: 'warm',
  plugins: ['./tools/mutation/warm-runner.js'],
  mutate: [`${folder}/*.ts`, `!${folder}/*.{test,suite}.ts`],
  // Codes and names are unions that the compiler checks, messages are for people.
  mutator: { excludedMutations: ['StringLiteral'] },
  coverageAnalysis: 'perTest',
  // A second run looks only at what changed in the mutated files and the tests' names; remove the file for all anew.
  incremental: true,
  incrementalFile: `.stamp/mutation-known-${process.env.MUTATION_PART}.json`,
  concurrency: 1,
  // A machine that is busy with other things is no endless loop; Stryker knows those by counting.
  timeoutMS: 60_000,
  reporters: ['clear-text', 'json', 'progress-append-only'],
  clearTextReporter: { allowColor: false, logTests: false },
  jsonReporter: { fileName: reportOf(process.env.MUTATION_PART) },
  tempDirName: '.stamp/mutation',
  ignorePatterns: ['data', 'bench', 'tests', 'console', '**/dist'],
  thresholds: { high: 95, low: 90, break: 90 },
};
