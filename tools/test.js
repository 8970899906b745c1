/**
 * `npm test`: everything that needs nothing but npm, at last 100 simulated worlds. `--all`
 * plays 1,000 of them, and adds what needs a real PostgreSQL (from npm, or that of DATABASE_URL), an emulator of DynamoDB (from npm,
 * or that of DYNAMODB_ENDPOINT) and a real Chromium, one after the other. Further arguments go to vitest alone, for example
 * `npm test -- packages/protocol`.
 */
import { build } from './build.js';
import { ensureInstalled } from './ensure.js';
import { root, runAsMain, runCommand, runInstalled, step } from './step.js';

/** So many simulated worlds; with --all, every situation must be met and every kind of fault be frequent enough, too. */
const campaignOf = (all) => (all ? ['--runs', '1000', '--all'] : ['--runs', '100']);

const EVERYWHERE = ['unit', 'rules', 'sim', 'process'];
/** Each by itself: they take their time from each other. */
const WITH_SERVERS = [['postgres'], ['dynamodb'], ['browser']];

await runAsMain(import.meta.url, async (args) => {
  const all = args.includes('--all');
  const forVitest = args.filter((argument) => argument !== '--all');
  await ensureInstalled();
  await build();
  for (const projects of [EVERYWHERE, ...(all ? WITH_SERVERS : [])]) {
    const wanted = projects.flatMap((name) => ['--project', name]);
    const more = all && forVitest.length > 0 ? ['--passWithNoTests', ...forVitest] : forVitest;
    await runInstalled('vitest/vitest.mjs', ['run', ...wanted, ...more], 'Tests failed; they are listed above.');
  }
  if (forVitest.length > 0) return;
  await step('Simulated worlds', () =>
    runCommand(
      process.execPath,
      [`${root}tests/sim/start.js`, ...campaignOf(all)],
      'A simulated world broke a promise; its seed stands above.',
    ),
  );
});
