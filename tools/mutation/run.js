/**
 * `npm run mutation -- merge` or `-- plan`: changes the code in every small way there is and counts the changes that no test
 * notices (Stryker). Takes hours; `npm run mutation -- plan packages/engine/src/plan/meta.ts` looks at one file. Fails below
 * 90 %; either way the scores go to docs/testing/mutation.json. Not part of CI.
 */
import { existsSync, rmSync } from 'node:fs';
import { ensureInstalled } from '../ensure.js';
import { root, runAsMain, runCommand, StepFailed, step } from '../step.js';
import { PARTS, reportOf } from './parts.js';
import { recordScores } from './record.js';

const folder = `${root}tools/mutation`;
const stryker = `${folder}/node_modules/@stryker-mutator/core/bin/stryker.js`;

await runAsMain(import.meta.url, async ([part, ...files]) => {
  if (!Object.hasOwn(PARTS, part ?? '')) throw new StepFailed(`Name what to mutate: ${Object.keys(PARTS).join(' or ')}.`);
  await ensureInstalled();
  if (!existsSync(stryker)) {
    const install = ['install', '--ignore-scripts', '--no-audit', '--no-fund'];
    await step('Installing Stryker', () => runCommand('npm', install, 'Stryker could not be installed.', { cwd: folder }));
  }
  process.env.MUTATION_PART = part;
  const only = files.length === 0 ? [] : ['--mutate', files.join(',')];
  const args = [stryker, 'run', 'tools/mutation/stryker.config.js', ...only];
  const report = `${root}${reportOf(part)}`;
  rmSync(report, { force: true });
  try {
    await runCommand(process.execPath, args, 'Too many changes went unnoticed; they stand above.');
  } finally {
    if (existsSync(report)) recordScores(report, files);
  }
});
