import { createNodeEnv } from '@tidemark/server';
import { Command, CommanderError } from 'commander';
import picocolors from 'picocolors';
import { addApps } from './commands/apps.ts';
import { addBackup } from './commands/backup.ts';
import { addDoctor } from './commands/doctor.ts';
import { addExport } from './commands/export.ts';
import { addImport } from './commands/import.ts';
import { addKey } from './commands/key.ts';
import { addKeys } from './commands/keys.ts';
import { addLibrary } from './commands/library.ts';
import { addMigrate } from './commands/migrate.ts';
import { addNew } from './commands/new.ts';
import { addRestore } from './commands/restore.ts';
import { addServe } from './commands/serve.ts';
import { addStorage } from './commands/storage.ts';
import { addToken } from './commands/token.ts';
import type { CommandContext } from './context.ts';
import { done, failed, type Outcome, wrongInput } from './outcome.ts';
import { nodeTerminal } from './platform/node-terminal.ts';
import { makeFilesPrivate } from './platform/private-files.ts';
import { processVariables } from './platform/variables.ts';
import type { Terminal } from './terminal.ts';
import { VERSION } from './version.ts';

const createProgram = (context: CommandContext): Command => {
  const program = new Command('tidemark')
    .description('Tidemark: a sync backend for local-first personal apps, in one process.')
    .version(VERSION)
    .showHelpAfterError('(give --help after the command for its options and an example)')
    .exitOverride();
  for (const add of [
    addServe,
    addNew,
    addApps,
    addToken,
    addKey,
    addKeys,
    addExport,
    addImport,
    addLibrary,
    addMigrate,
    addBackup,
    addRestore,
    addDoctor,
    addStorage,
  ])
    add(program, context);
  return program;
};

const messageOf = (fault: unknown): string => (fault instanceof Error ? fault.message : String(fault));

const runCommand = async (argv: readonly string[], terminal: Terminal): Promise<Outcome> => {
  const outcomes: Outcome[] = [];
  const finish = (outcome: Outcome): void => void outcomes.push(outcome);
  const context = { env: createNodeEnv(), terminal, variables: processVariables(), finish };
  try {
    await createProgram(context).parseAsync(argv);
    return outcomes[0] ?? done;
  } catch (fault) {
    // Commander has printed its message; help and version end with 0, everything else is wrong input.
    if (fault instanceof CommanderError) return fault.exitCode === 0 ? done : wrongInput('');
    return failed(messageOf(fault));
  }
};

/**
 * Runs one command. `argv` is as in process.argv: node, script, then the arguments.
 * Answers the exit code: 0 done; 1 a fault, or a bad finding of doctor; 2 wrong input.
 */
export const run = async (argv: readonly string[]): Promise<number> => {
  makeFilesPrivate();
  const terminal = nodeTerminal();
  const outcome = await runCommand(argv, terminal);
  if (outcome.exit !== 0 && outcome.message !== '') {
    const line = `tidemark: ${outcome.message}`;
    terminal.note(terminal.interactive ? picocolors.red(line) : line);
  }
  return outcome.exit;
};
