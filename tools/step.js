/** What the tools have in common: where the repository is, how a step is announced, how a command is run. */
import { spawn } from 'node:child_process';
import { realpathSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

/** The repository's folder, with a slash at its end. */
export const root = fileURLToPath(new URL('..', import.meta.url));

/** A step went wrong in a way that the person at the keyboard can mend; the message says how. */
export class StepFailed extends Error {}

/** Prints that `title` begins, runs `work`, prints how long it took. */
export const step = async (title, work) => {
  console.log(`• ${title} …`);
  const began = performance.now();
  const answer = await work();
  console.log(`  done in ${((performance.now() - began) / 1000).toFixed(1)} s`);
  return answer;
};

/** Runs a command in the repository with this terminal; fails with `hint` when it answers anything but 0. */
export const runCommand = (command, args, hint, { cwd = root } = {}) =>
  new Promise((resolve, reject) => {
    const child = spawn(command, args, { cwd, stdio: 'inherit' });
    child.on('error', (fault) => reject(new StepFailed(`${command} could not be started: ${fault.message}`)));
    child.on('exit', (code, signal) => {
      if (code === 0) resolve();
      else reject(new StepFailed(`${hint} (${command} ended with ${signal ?? `exit code ${code}`})`));
    });
  });

/** Runs a JavaScript file of an installed package, such as 'typescript/bin/tsc', with this Node. */
export const runInstalled = (file, args, hint, options) =>
  runCommand(process.execPath, [`${root}node_modules/${file}`, ...args], hint, options);

/** Runs `main` if the file at `url` is the one that Node was started with; says what failed and exits with 1. */
export const runAsMain = async (url, main) => {
  const started = process.argv[1];
  if (started === undefined || realpathSync(started) !== fileURLToPath(url)) return;
  try {
    await main(process.argv.slice(2));
  } catch (fault) {
    console.error(fault instanceof StepFailed ? `\n✗ ${fault.message}` : fault);
    process.exitCode = 1;
  }
};
