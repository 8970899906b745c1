/** Installs what the repository needs, if it is missing or package-lock.json has changed since. */
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { root, runAsMain, runCommand, StepFailed, step } from './step.js';

const lockFile = `${root}package-lock.json`;
const stampFile = `${root}node_modules/.tidemark-stamp`;
/** npm's own note of what it installed. */
const installedFile = `${root}node_modules/.package-lock.json`;

const readIfThere = (file) => (existsSync(file) ? readFileSync(file, 'utf8') : undefined);

/** Whether npm's note names every package of the lock in the same version: someone ran npm by hand. */
const installedByHand = (lockText) => {
  const noted = readIfThere(installedFile);
  if (noted === undefined) return false;
  const installed = JSON.parse(noted).packages;
  return Object.entries(JSON.parse(lockText).packages)
    .filter(([path, entry]) => path.startsWith('node_modules/') && !entry.optional && !entry.devOptional)
    .every(([path, entry]) => installed[path]?.version === entry.version);
};

const checkNode = () => {
  const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
  if (major < 20 || (major === 20 && minor < 19)) {
    throw new StepFailed(`Tidemark needs Node 20.19 or newer; this is ${process.version}. Install a newer one from https://nodejs.org.`);
  }
};

/** Leaves node_modules as package-lock.json says. Costs a few milliseconds when it already is. */
export const ensureInstalled = async () => {
  checkNode();
  const lockText = readFileSync(lockFile, 'utf8');
  const stamp = createHash('sha256').update(lockText).digest('hex');
  if (readIfThere(stampFile) === stamp) return;
  if (!installedByHand(lockText)) {
    process.env.PLAYWRIGHT_SKIP_BROWSER_DOWNLOAD ??= '1';
    const npm = process.platform === 'win32' ? 'npm.cmd' : 'npm';
    // No package here needs its install script: the binaries come inside the packages.
    const args = ['ci', '--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error'];
    await step('Installing packages (npm ci)', () => runCommand(npm, args, 'Packages could not be installed. Is the registry reachable?'));
  }
  writeFileSync(stampFile, stamp);
};

await runAsMain(import.meta.url, ensureInstalled);
