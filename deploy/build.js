/**
 * Bundles each Lambda function into a folder of its own, deploy/dist/NAME, as template.yaml names them. The AWS SDK is left out: Lambda's
 * runtime has it. What only the OpenAPI page or development needs is cut off into files that are read when they are asked for.
 */
import { cpSync, existsSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { root, runAsMain } from '../tools/step.js';

const folder = fileURLToPath(new URL('.', import.meta.url));

/** The files of each function; the first is the one that AWS calls. */
export const FUNCTIONS = {
  sync: ['sync', 'handlers/tasks', 'handlers/categories'],
  accounts: ['accounts'],
  authorizer: ['authorizer'],
  scheduled: ['scheduled'],
};

/**
 * What a function never runs, and what stands in its place. Messages of zod in fifty languages: nobody asks for another than English,
 * which the library sets itself. The issuer and the mailbox of a developer's machine: production refuses them. The whole of zod, for a
 * library that only adds a method to its base class: naming the whole would keep every part of it. The threads a logger may write by:
 * ours has none.
 */
const STAND_INS = [
  { path: /locales\/index\.js$/, from: /[\\/]zod[\\/]/, contents: 'export {}' },
  {
    path: /\/serve-local-issuer\.ts$/,
    from: /open-identities\.ts$/,
    contents: "export const serveLocalIssuer = () => { throw new Error('A function serves no local issuer.'); };",
  },
  {
    path: /\/mailbox-page\.ts$/,
    from: /http-app\.ts$/,
    contents: "export const mountMailbox = () => { throw new Error('A function keeps no mails.'); };",
  },
  {
    path: /^zod$/,
    from: /[\\/]@hono[\\/]zod-openapi[\\/]/,
    contents: "import { ZodType } from 'zod'; export const z = { ZodType };",
  },
  { path: /^thread-stream$/, from: /[\\/]pino[\\/]/, contents: 'module.exports = class {};' },
];

/** The routes of accounts, which only one function has. */
const WITHOUT_ROUTES = [
  {
    path: /\/(session-routes|link-pages|key-routes)\.ts$/,
    from: /mount-accounts\.ts$/,
    contents: 'export const sessionRoutes = []; export const linkPages = []; export const keyRoutes = [];',
  },
];

const standIns = (all) => ({
  name: 'stand-ins',
  setup(bundler) {
    all.forEach(({ path, from, contents }, index) => {
      bundler.onResolve({ filter: path }, ({ importer }) =>
        from.test(importer) ? { path: String(index), namespace: 'stand-in', sideEffects: false } : undefined,
      );
      bundler.onLoad({ filter: new RegExp(`^${index}$`), namespace: 'stand-in' }, () => ({ contents, resolveDir: folder }));
    });
  },
});

/** Libraries that were made for CommonJS ask for these. */
const BANNER = "import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);";

/**
 * Bundles one function and answers esbuild's account of it. argon2 is a native library: it stays beside the accounts function's bundle and
 * is in no other.
 */
export const bundleFunction = async (name, into = `${folder}dist/${name}`) => {
  rmSync(into, { recursive: true, force: true });
  const { metafile, outputFiles } = await build({
    entryPoints: FUNCTIONS[name].map((path) => ({ in: `${folder}src/lambda/${path}.ts`, out: path })),
    outdir: into,
    outExtension: { '.js': '.mjs' },
    bundle: true,
    splitting: true,
    chunkNames: 'chunks/[name]-[hash]',
    platform: 'node',
    target: 'node22',
    format: 'esm',
    conditions: ['@tidemark/source'],
    external: ['@aws-sdk/*', '@smithy/*', '@node-rs/argon2'],
    plugins: [standIns(name === 'accounts' ? STAND_INS : [...STAND_INS, ...WITHOUT_ROUTES])],
    banner: { js: BANNER },
    minify: true,
    legalComments: 'none',
    metafile: true,
    write: false,
    logLevel: 'warning',
  });
  const used = reachable(metafile, FUNCTIONS[name], true);
  for (const { path, contents } of outputFiles) {
    if (!used.has(relative(process.cwd(), path))) continue;
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, contents);
  }
  if (name === 'accounts') copyNative(into);
  return { outputs: Object.fromEntries(Object.entries(metafile.outputs).filter(([path]) => used.has(path))), inputs: metafile.inputs };
};

const NATIVE = ['argon2', 'argon2-linux-x64-gnu', 'argon2-linux-arm64-gnu'];

/** The native library with what is installed of it for Lambda's processors. */
const copyNative = (into) => {
  for (const name of NATIVE) {
    const from = `${root}node_modules/@node-rs/${name}`;
    if (existsSync(from)) cpSync(from, `${into}/node_modules/@node-rs/${name}`, { recursive: true, dereference: true });
  }
};

/** Files of a bundle that its first ones import; with `lazily` also those that are read when they are asked for. */
const reachable = ({ outputs }, firsts, lazily) => {
  const seen = new Set();
  const visit = (path) => {
    if (seen.has(path) || outputs[path] === undefined) return;
    seen.add(path);
    for (const one of outputs[path].imports) {
      if (one.external !== true && (lazily || one.kind === 'import-statement')) visit(one.path);
    }
  };
  for (const first of firsts) visit(Object.keys(outputs).find((path) => path.endsWith(`/${first}.mjs`)));
  return seen;
};

/** Bytes that are read before the first request is answered: the first file of a function and all that it imports at once. */
export const loadedBytes = (metafile, name) =>
  [...reachable(metafile, FUNCTIONS[name].slice(0, 1), false)].reduce((sum, path) => sum + metafile.outputs[path].bytes, 0);

/** `node deploy/build.js [FOLDER]`: prints of each function how many bytes its start reads. */
await runAsMain(import.meta.url, async ([into = `${folder}dist`]) => {
  for (const name of Object.keys(FUNCTIONS)) {
    const metafile = await bundleFunction(name, `${into}/${name}`);
    const all = Object.values(metafile.outputs).reduce((sum, { bytes }) => sum + bytes, 0);
    console.log(`${name}: ${loadedBytes(metafile, name)} bytes are loaded, of ${all}`);
  }
});
