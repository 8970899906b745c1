import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createNodeEnv } from '@tidemark/server';
import { Command } from 'commander';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { Outcome } from '../outcome.ts';
import { addLibrary } from './library.ts';

let folder = '';
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tidemark-library-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const run = async (...args: string[]) => {
  const printed: string[] = [];
  let outcome: Outcome | undefined;
  const terminal = {
    interactive: false,
    print: (line: string) => void printed.push(line),
    note: () => undefined,
    write: async () => undefined,
  };
  const program = new Command().exitOverride();
  addLibrary(program, { env: createNodeEnv(), terminal, variables: {}, finish: (ended) => (outcome = ended) });
  await program.parseAsync(['node', 'tidemark', 'library', ...args, '--data', join(folder, 'data')]);
  return { printed: printed.join('\n'), ...outcome };
};

const exercise = (id: string, level: string) => ({
  id,
  name: id,
  level,
  category: 'strength',
  instructions: ['Lift.'],
  primaryMuscles: ['biceps'],
});

test('tidemark library: seed, import with refused rows, again, and what is no such file', async () => {
  expect((await run('seed', '--dry-run')).printed).toMatch(
    /^Dry run, nothing was written\. starter-\S+: \d{3,} added, 0 changed, 0 the same\.$/,
  );
  expect(await run('seed')).toMatchObject({ exit: 0, printed: expect.stringMatching(/: \d{3,} added/) });
  expect((await run('seed')).printed).toMatch(/: 0 added, 0 changed, \d{3,} the same\.$/);
  const file = join(folder, 'exercises.json');
  await writeFile(file, JSON.stringify([exercise('One', 'beginner'), exercise('Two', 'godlike'), exercise('Three', 'expert')]));
  const imported = await run('import', 'free-exercise-db', file);
  expect(imported.printed).toBe('free-exercise-db: 2 added, 0 changed, 0 the same.');
  expect(imported).toMatchObject({
    exit: 1,
    message: expect.stringContaining('1 of 3 rows were refused; the others are in:\n  row 2: level:'),
  });
  expect((await run('import', 'free-exercise-db', file)).printed).toBe('free-exercise-db: 0 added, 0 changed, 2 the same.');
  expect(await run('import', 'usda-sr', file)).toMatchObject({ exit: 2, message: expect.stringContaining('nothing was written') });
  expect(await run('import', 'usda-sr', join(folder, 'none'))).toMatchObject({ exit: 2, message: expect.stringContaining('no file') });
});
