/**
 * `npm test`: everything that needs nothing but npm. `--all` adds the Chromium test of the page. Further arguments go
 * to vitest, for example `npm test -- packages/protocol`.
 */
import { build } from './build.js';
import { ensureInstalled } from './ensure.js';
import { runAsMain, runInstalled } from './step.js';

const projects = ['unit', 'rules', 'sim', 'process'];

await runAsMain(import.meta.url, async (args) => {
  const all = args.includes('--all');
  const forVitest = args.filter((argument) => argument !== '--all');
  await ensureInstalled();
  await build();
  const wanted = [...projects, ...(all ? ['browser'] : [])].flatMap((name) => ['--project', name]);
  await runInstalled('vitest/vitest.mjs', ['run', ...wanted, ...forVitest], 'Tests failed; they are listed above.');
});
