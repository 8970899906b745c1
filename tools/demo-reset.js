/**
 * `npm run demo:reset`: empties the demo by removing the database of the data folder (TIDEMARK_DATA, default ./data).
 * The development key stays.
 */
import { existsSync, rmSync } from 'node:fs';
import { resolve } from 'node:path';
import { root, runAsMain, StepFailed } from './step.js';

const suffixes = ['', '-wal', '-shm'];

/** Runs `work` while no server can have the database: takes the lock that a server holds as long as it lives. */
const whileUnused = async (database, work) => {
  // Where it is not installed, no server runs from this repository.
  const sqlite = await import('@photostructure/sqlite').catch(() => undefined);
  if (sqlite === undefined) return work();
  const lock = new sqlite.DatabaseSync(`${database}-lock`);
  try {
    lock.exec('BEGIN EXCLUSIVE');
  } catch {
    throw new StepFailed(`A Tidemark process has ${database} open. Stop it (Ctrl+C where \`npm start\` runs), then reset again.`);
  } finally {
    if (!lock.isTransaction) lock.close();
  }
  try {
    work();
  } finally {
    lock.close();
  }
};

await runAsMain(import.meta.url, async () => {
  const folder = resolve(root, process.env.TIDEMARK_DATA ?? 'data');
  const database = `${folder}/tidemark.db`;
  const files = suffixes.map((suffix) => database + suffix).filter((file) => existsSync(file));
  if (files.length === 0) {
    console.log(`There is no database in ${folder}; the demo is empty already.`);
    return;
  }
  await whileUnused(database, () => {
    for (const file of files) {
      console.log(`Removing ${file}`);
      rmSync(file, { force: true });
    }
  });
  console.log('The demo is empty. `npm start` begins anew.');
});
