/** `npm run build:extension`: for each browser an unpacked folder and a zip in extension/dist. The same sources give the same bytes. */
import { cpSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { zipSync } from 'fflate';
import { build } from 'vite';
import { manifestFor, TARGETS } from './manifest.js';

const here = fileURLToPath(new URL('.', import.meta.url));
const dist = `${here}dist`;
const built = `${dist}/common`;
const { version } = JSON.parse(readFileSync(`${here}package.json`, 'utf8'));

const shared = {
  root: here,
  configFile: false,
  base: './',
  logLevel: 'warn',
  resolve: { conditions: ['@tidemark/source', 'module', 'browser', 'development|production'] },
};
const output = { target: 'es2023', outDir: built, sourcemap: false, assetsInlineLimit: 0, modulePreload: { polyfill: false } };

/** Popup and options page. */
const buildPages = () =>
  build({ ...shared, build: { ...output, emptyOutDir: true, rollupOptions: { input: [`${here}popup.html`, `${here}options.html`] } } });

/** One script without imports: browsers start it quickest, and Firefox takes it as it is. */
const buildWorker = () =>
  build({
    ...shared,
    build: {
      ...output,
      emptyOutDir: false,
      lib: { entry: `${here}src/worker/main.ts`, formats: ['iife'], name: 'tidemarkBrowsing', fileName: () => 'worker.js' },
    },
  });

const filesOf = (folder) =>
  readdirSync(folder, { withFileTypes: true, recursive: true })
    .filter((entry) => entry.isFile())
    .map((entry) => `${entry.parentPath ?? entry.path}/${entry.name}`.slice(folder.length + 1))
    .sort();

/** The time in a zip is local and has no zone, so this one is the same everywhere. */
const ZIP_TIME = new Date(2000, 0, 1);

const zip = (folder) =>
  zipSync(Object.fromEntries(filesOf(folder).map((name) => [name, new Uint8Array(readFileSync(`${folder}/${name}`))])), {
    level: 9,
    mtime: ZIP_TIME,
  });

const assemble = (target) => {
  const folder = `${dist}/${target}`;
  cpSync(built, folder, { recursive: true });
  mkdirSync(`${folder}/icons`, { recursive: true });
  for (const name of readdirSync(`${here}icons`)) if (name.endsWith('.png')) cpSync(`${here}icons/${name}`, `${folder}/icons/${name}`);
  writeFileSync(`${folder}/manifest.json`, `${JSON.stringify(manifestFor(target, version), null, 2)}\n`);
  const file = `${dist}/tidemark-browsing-${version}-${target}.zip`;
  writeFileSync(file, zip(folder));
  console.log(`${target}: extension/dist/${target}, ${file.slice(here.length - 'extension/'.length)}`);
};

rmSync(dist, { recursive: true, force: true });
await buildPages();
await buildWorker();
for (const target of TARGETS) assemble(target);
rmSync(built, { recursive: true, force: true });
