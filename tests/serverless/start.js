/**
 * `npm run serverless:local [-- PORT APP]`: bundles the Lambda functions and runs them behind a gateway made from
 * deploy/sam/template.yaml, over an emulator of DynamoDB from npm.
 */
import { build } from 'esbuild';
import { root, runAsMain, runCommand } from '../../tools/step.js';

const outfile = `${root}node_modules/.cache/tidemark-serverless/main.mjs`;

const others = {
  name: 'others',
  setup: ({ onResolve }) => {
    onResolve({ filter: /^[^./]/ }, ({ path, kind }) =>
      kind === 'entry-point' || path.startsWith('@tidemark/') ? undefined : { path, external: true },
    );
  },
};

await runAsMain(import.meta.url, async (args) => {
  await runCommand(process.execPath, [`${root}deploy/build.js`], 'The functions cannot be bundled.');
  await build({
    entryPoints: [`${root}tests/serverless/main.ts`],
    outfile,
    bundle: true,
    platform: 'node',
    format: 'esm',
    target: 'node20',
    conditions: ['@tidemark/source'],
    plugins: [others],
    logLevel: 'warning',
  });
  await runCommand(process.execPath, [outfile, root, ...args], 'The local gateway ended.');
});
