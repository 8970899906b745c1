import type { Command } from 'commander';
import { type CommandContext, dataOption } from '../context.ts';
import { inspectSpaces, type SpaceFinding } from '../inspect.ts';
import type { OpenedEngine } from '../open-engine.ts';
import { done, failed, type Outcome } from '../outcome.ts';
import { storedOption } from '../storage-option.ts';
import { type DatabaseOptions, databaseName, withDatabase } from '../with-database.ts';

const describe = ({ space, head, floor, counts, clients, changes, problems }: SpaceFinding): string => {
  const collections = Object.entries(counts).map(([name, count]) => `${name} ${count}`);
  const facts = [`head ${head}`, ...(floor > 0 ? [`floor ${floor}`] : []), `${changes} changes`, `${clients} clients`, ...collections];
  return `${problems.length === 0 ? 'ok ' : 'BAD'} ${space.key}: ${facts.join(', ')}`;
};

const examine = async (context: CommandContext, name: string, database: OpenedEngine): Promise<Outcome> => {
  const { terminal } = context;
  const damage = (await database.integrityCheck?.()) ?? [];
  if (database.integrityCheck !== undefined)
    terminal.print(`${damage.length === 0 ? 'ok ' : 'BAD'} ${name}: ${damage.length === 0 ? 'the file is sound' : damage.join('; ')}`);
  let spaces = 0;
  let bad = damage.length;
  for await (const finding of inspectSpaces(context, database)) {
    spaces += 1;
    bad += finding.problems.length;
    terminal.print(describe(finding));
    for (const problem of finding.problems) terminal.print(`    ${problem}`);
  }
  terminal.print(`${spaces} spaces, ${bad === 0 ? 'no problems' : `${bad} problems`}.`);
  return bad === 0
    ? done
    : failed('The database has problems. Keep a copy of it as it is, then `tidemark restore` the newest sound backup.');
};

export const addDoctor = (program: Command, context: CommandContext): void => {
  program
    .command('doctor')
    .summary('check the database and count what is in it')
    .description(
      "Checks the file's integrity, and for each space recomputes the digest and the log's hash chain; prints counts. Changes nothing.\n" +
        'Answers 0 when all is sound, 1 when something is not. Needs an SQLite database for itself: stop `tidemark serve` first.',
    )
    .addOption(dataOption())
    .addOption(storedOption())
    .addHelpText('after', '\nExample:\n  tidemark doctor --data ./data')
    .action(async (options: DatabaseOptions) => {
      context.finish(await withDatabase(context, options, (database) => examine(context, databaseName(options), database)));
    });
};
