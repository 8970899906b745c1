/**
 * `npm start`: installs and builds what is missing, then serves. PORT (default 8787) and TIDEMARK_DATA (default ./data)
 * are honoured; further arguments go to `tidemark serve`, for example `npm start -- --storage memory`.
 */
import { build } from './build.js';
import { ensureInstalled } from './ensure.js';
import { root, runAsMain } from './step.js';

const PARENT_CHECK_MS = 500;

/** npm passes SIGTERM to its shell only, which dies without passing it on: then this process ends as if it had got the signal. */
const endWithShell = () => {
  const shell = process.ppid;
  const check = () => process.ppid === shell || process.kill(process.pid, 'SIGTERM');
  setInterval(check, PARENT_CHECK_MS).unref();
};

await runAsMain(import.meta.url, async (args) => {
  await ensureInstalled();
  await build();
  if (process.env.npm_lifecycle_event === 'start') endWithShell();
  const { run } = await import(`${root}packages/cli/dist/main.js`);
  process.exitCode = await run([process.execPath, 'tidemark', 'serve', ...args]);
});
