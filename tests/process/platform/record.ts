import { execFileSync } from 'node:child_process';
import { appendFileSync } from 'node:fs';

const FILE = process.env.TIDEMARK_RECORD;

/**
 * Appends what a test that has passed came to, as a line of JSON with the commit, to the file that TIDEMARK_RECORD names. A long
 * count is made of many short runs, so that it can be stopped at any time.
 */
export const noteRecord = (line: { readonly [name: string]: string | number | boolean }): void => {
  if (FILE === undefined) return;
  const commit = execFileSync('git', ['describe', '--always', '--abbrev=12', '--dirty'], { encoding: 'utf8' }).trim();
  appendFileSync(FILE, `${JSON.stringify({ commit, ...line })}\n`);
};
