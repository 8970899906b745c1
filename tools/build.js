/** Builds the packages (tsc) and the page (vite), each only if its sources changed. `--force` builds everything. */
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { ensureInstalled } from './ensure.js';
import { root, runAsMain, runInstalled, step } from './step.js';

const stampFolder = `${root}.stamp/`;

const packageNames = () =>
  readdirSync(`${root}packages`, { withFileTypes: true })
    .filter((entry) => entry.isDirectory() && existsSync(`${root}packages/${entry.name}/package.json`))
    .map((entry) => entry.name);

/** Feeds the names and contents of a file, or of all files of a folder, to the hash. */
const addToHash = (hash, path) => {
  if (!existsSync(`${root}${path}`)) return;
  const names = readdirSync(`${root}${path}`, { withFileTypes: true, recursive: true })
    .filter((entry) => entry.isFile())
    .map((entry) => `${entry.parentPath ?? entry.path}/${entry.name}`)
    .sort();
  for (const name of names)
    hash
      .update(`${name.slice(root.length)}\0`)
      .update(readFileSync(name))
      .update('\0');
};

const fingerprint = (folders, files) => {
  const hash = createHash('sha256').update(process.versions.node);
  for (const file of files) if (existsSync(`${root}${file}`)) hash.update(`${file}\0`).update(readFileSync(`${root}${file}`));
  for (const folder of folders) addToHash(hash, folder);
  return hash.digest('hex');
};

/** Runs `build` unless the sources are as they were after its last success and `made` is all there. */
const unlessUnchanged = async (name, sources, made, build, force) => {
  const file = `${stampFolder}${name}`;
  const stamp = fingerprint(sources.folders, sources.files);
  const unchanged = existsSync(file) && readFileSync(file, 'utf8') === stamp && made.every((path) => existsSync(`${root}${path}`));
  if (unchanged && !force) return;
  rmSync(file, { force: true });
  await build();
  mkdirSync(stampFolder, { recursive: true });
  writeFileSync(file, stamp);
};

const buildPackages = (names, force) =>
  unlessUnchanged(
    'packages',
    {
      folders: names.map((name) => `packages/${name}/src`),
      files: ['package-lock.json', 'tsconfig.base.json', 'tsconfig.build.json', ...names.map((name) => `packages/${name}/tsconfig.json`)],
    },
    names.map((name) => `packages/${name}/dist/.tsbuildinfo`),
    () =>
      step('Building the packages (tsc)', () => {
        const args = ['-b', 'tsconfig.build.json', ...(force ? ['--force'] : [])];
        return runInstalled('typescript/bin/tsc', args, 'The packages do not compile; the errors stand above.');
      }),
    force,
  );

const buildPage = (names, force) =>
  unlessUnchanged(
    'page',
    {
      folders: ['console/src', 'console/public', ...names.map((name) => `packages/${name}/src`)],
      files: [
        'package-lock.json',
        ...readdirSync(`${root}console`)
          .filter((name) => /\.(html|json|ts|js)$/.test(name))
          .map((name) => `console/${name}`),
      ],
    },
    ['console/dist/index.html'],
    () =>
      step('Building the page (vite)', () =>
        runInstalled('vite/bin/vite.js', ['build', '--logLevel', 'warn'], 'The page does not build.', { cwd: `${root}console` }),
      ),
    force,
  );

/** Brings every dist up to date. Costs some milliseconds when nothing changed. */
export const build = async ({ force = false } = {}) => {
  const names = packageNames();
  await buildPackages(names, force);
  const pageImports = names.filter((name) => ['protocol', 'client', 'apps', 'react'].includes(name));
  if (existsSync(`${root}console/index.html`)) await buildPage(pageImports, force);
};

await runAsMain(import.meta.url, async (args) => {
  await ensureInstalled();
  await build({ force: args.includes('--force') });
  console.log('Everything is built.');
});
