import type { Env } from '@tidemark/protocol';
import { Option } from 'commander';
import type { Outcome } from './outcome.ts';
import type { Terminal } from './terminal.ts';

/** What every command is given. */
export interface CommandContext {
  readonly env: Env;
  readonly terminal: Terminal;
  /** The environment variables of the process. */
  readonly variables: { readonly [name: string]: string | undefined };
  /** Says how the command ended. */
  readonly finish: (outcome: Outcome) => void;
}

export const dataOption = (): Option =>
  new Option('--data <folder>', 'folder that holds the database and the development key').env('TIDEMARK_DATA').default('./data');

export const appOption = (): Option => new Option('--app <name>', 'app the data belongs to').makeOptionMandatory();

export const userOption = (): Option =>
  new Option('--user <name>', 'user the data belongs to, as in `tidemark token`').makeOptionMandatory();
