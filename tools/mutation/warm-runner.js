import { readdirSync } from 'node:fs';
import { resolve } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { INSTRUMENTER_CONSTANTS } from '@stryker-mutator/api/core';
import { declareClassPlugin, PluginKind } from '@stryker-mutator/api/plugin';
import { DryRunStatus, determineHitLimitReached, TestStatus, toMutantRunResult } from '@stryker-mutator/api/test-runner';
import { build } from 'esbuild';
import { chosenFolder } from './parts.js';

// A runner for Stryker. Its own one for vitest starts a thread and loads all modules for each of a thousand mutants; this one loads
// the tests once, as one bundle, and runs those that a mutant needs again and again. Stryker starts another process for a mutant
// that shows only while modules are loaded, and after one that never ends.

// Tests of speed fail on instrumented code. The longest ones, of which one plays at random, are left out: the score is then that of
// the others, at least what it would be with them, and the same again.
const LEFT_OUT = ['bounds', 'convergence', 'interleavings', 'outcomes-of-healing'];

/** Tables of outcomes notice nearly every change, and take longest to: what notices it sooner goes first. */
const isTable = (name) => Number(name.startsWith('outcomes'));

const testFiles = (folder) =>
  readdirSync(folder)
    .filter((name) => name.endsWith('.test.ts') && !LEFT_OUT.includes(name.slice(0, -'.test.ts'.length)))
    .sort((a, b) => isTable(a) - isTable(b) || (a < b ? -1 : 1))
    .map((name) => `${folder}/${name}`);

/** The tests of a folder and all that they import, in one module; vitest is replaced by warm-test-api.js. */
const bundle = async (folder) => {
  const api = fileURLToPath(new URL('warm-test-api.js', import.meta.url));
  const outfile = resolve('.stamp', `warm-${process.pid}.mjs`);
  const files = testFiles(folder).flatMap((file) => [
    `beginFile(${JSON.stringify(file)});`,
    `await import(${JSON.stringify(`./${file}`)});`,
  ]);
  await build({
    stdin: { contents: ["import { beginFile } from 'vitest';", ...files, "export * from 'vitest';"].join('\n'), resolveDir: resolve('.') },
    outfile,
    bundle: true,
    platform: 'node',
    format: 'esm',
    target: 'node20',
    conditions: ['@tidemark/source'],
    alias: { vitest: api },
    logLevel: 'error',
  });
  return outfile;
};

/** What the instrumented code reads and counts in. */
globalThis[INSTRUMENTER_CONSTANTS.NAMESPACE] ??= {};

class WarmRunner {
  stryker = globalThis[INSTRUMENTER_CONSTANTS.NAMESPACE];

  capabilities() {
    return { reloadEnvironment: false };
  }

  async init() {
    this.outfile = await bundle(chosenFolder());
  }

  async load() {
    this.tests ??= await import(pathToFileURL(this.outfile).href);
    return this.tests;
  }

  /** Runs tests one after the other, up to the first that fails if `bail`. */
  async run(wanted, bail) {
    const { collected, enter } = await this.load();
    const tests = [];
    for (const { id, file, run } of collected) {
      if (wanted !== undefined && !wanted.has(id)) continue;
      const began = performance.now();
      const about = { id, name: id, fileName: resolve(file) };
      this.stryker.currentTestId = id;
      enter(resolve(file));
      try {
        await run();
        tests.push({ ...about, status: TestStatus.Success, timeSpentMs: performance.now() - began });
      } catch (fault) {
        const failureMessage = fault instanceof Error ? fault.message : 'unknown fault';
        tests.push({ ...about, status: TestStatus.Failed, timeSpentMs: performance.now() - began, failureMessage });
        if (bail) break;
      }
    }
    this.stryker.currentTestId = undefined;
    return { status: DryRunStatus.Complete, tests };
  }

  async dryRun() {
    const result = await this.run(undefined, false);
    return { ...result, mutantCoverage: this.stryker.mutantCoverage };
  }

  async mutantRun({ activeMutant, testFilter, hitLimit }) {
    Object.assign(this.stryker, { activeMutant: activeMutant.id, hitLimit, hitCount: hitLimit === undefined ? undefined : 0 });
    try {
      const result = await this.run(testFilter === undefined ? undefined : new Set(testFilter), true);
      return toMutantRunResult(determineHitLimitReached(this.stryker.hitCount, hitLimit) ?? result);
    } catch (fault) {
      // The modules themselves cannot be loaded with this mutant.
      const failureMessage = fault instanceof Error ? fault.message : 'unknown fault';
      const failed = { id: 'load', name: 'load', status: TestStatus.Failed, timeSpentMs: 0, failureMessage };
      return toMutantRunResult({ status: DryRunStatus.Complete, tests: [failed] });
    }
  }
}

export const strykerPlugins = [declareClassPlugin(PluginKind.TestRunner, 'warm', WarmRunner)];
