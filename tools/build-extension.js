/** `npm run build:extension`: the browsing extension, unpacked and zipped, in extension/dist. */
import { ensureInstalled } from './ensure.js';
import { root, runAsMain, runCommand, step } from './step.js';

await runAsMain(import.meta.url, async () => {
  await ensureInstalled();
  await step('Building the extension (vite)', () =>
    runCommand(process.execPath, [`${root}extension/build.js`], 'The extension does not build.'),
  );
});
