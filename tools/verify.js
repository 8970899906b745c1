/** `npm run verify`: types, lint, house rules, tests, in this order; stops at the first that fails and says which. */
import { build } from './build.js';
import { ensureInstalled } from './ensure.js';
import { runAsMain, runInstalled, StepFailed, step } from './step.js';

const vitest = (...projects) => ['vitest/vitest.mjs', ['run', ...projects.flatMap((name) => ['--project', name])]];

const checks = [
  ['types', 'typescript/bin/tsc', ['-p', 'tsconfig.json']],
  ['lint', '@biomejs/biome/bin/biome', ['check', '.']],
  ['rules', ...vitest('rules')],
  ['tests', ...vitest('unit', 'process')],
];

/** `verify.js types lint` runs only those. */
const chosen = (names) => {
  const unknown = names.filter((name) => !checks.some(([check]) => check === name));
  if (unknown.length > 0)
    throw new StepFailed(`There is no check ${unknown.join(', ')}; there are ${checks.map(([name]) => name).join(', ')}.`);
  return checks.filter(([name]) => names.length === 0 || names.includes(name));
};

await runAsMain(import.meta.url, async (args) => {
  const wanted = chosen(args);
  await ensureInstalled();
  if (wanted.some(([name]) => name === 'tests')) await build();
  for (const [name, file, more] of wanted) {
    await step(`verify: ${name}`, () => runInstalled(file, more, `verify stopped: ${name} failed.`));
  }
  console.log(`verify: ${wanted.map(([name]) => name).join(', ')} passed.`);
});
