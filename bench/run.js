/** Builds what is measured, bundles the bench, and runs it: `npm run bench -- --help`. */
import { build as bundle } from 'esbuild';
import { build } from '../tools/build.js';
import { root, runAsMain, runCommand } from '../tools/step.js';

const folder = `${root}bench/dist/`;

await runAsMain(import.meta.url, async (args) => {
  await build();
  await bundle({
    entryPoints: [`${root}bench/main.ts`, `${root}bench/floors/least-server.ts`, `${root}bench/floors/rest-floor.ts`],
    outdir: folder,
    entryNames: '[name]',
    bundle: true,
    platform: 'node',
    target: 'node20',
    format: 'esm',
    packages: 'external',
    logLevel: 'warning',
  });
  await runCommand(process.execPath, [`${folder}main.js`, ...args], 'The bench did not come to its end.', { cwd: process.cwd() });
});
