/**
 * `npm start`: installs and builds what is missing, then serves. PORT (default 8787) and TIDEMARK_DATA (default ./data)
 * are honoured; further arguments go to `tidemark serve`, for example `npm start -- --storage memory`.
 */
import { build } from './build.js';
import { ensureInstalled } from './ensure.js';
import { root, runAsMain } from './step.js';

await runAsMain(import.meta.url, async (args) => {
  await ensureInstalled();
  await build();
  const { run } = await import(`${root}packages/cli/dist/main.js`);
  process.exitCode = await run([process.execPath, 'tidemark', 'serve', ...args]);
});
