import { parseArgs } from 'node:util';

export const HELP = `npm run bench -- [options]

  --only W1,W4      only these workloads
  --quick           about half a minute: fewer repetitions, a big database of 50,000 records
  --json FILE       also write every figure to a file
  --profile FOLDER  also write CPU profiles of the servers there (slows them down)
  --compare BASE    run a commit and this tree in turn, three times each, and print one beside the other
  --help            print this`;

export interface Options {
  readonly only: readonly string[];
  readonly quick: boolean;
  readonly json?: string;
  readonly profile?: string;
  /** A commit to compare this tree with. */
  readonly compare?: string;
}

/** Reads the command line; throws on what it does not know. */
export const readOptions = (args: readonly string[]): Options | 'help' => {
  const { values } = parseArgs({
    args: [...args],
    options: {
      only: { type: 'string', default: '' },
      quick: { type: 'boolean', default: false },
      json: { type: 'string' },
      profile: { type: 'string' },
      compare: { type: 'string' },
      help: { type: 'boolean', default: false },
    },
  });
  if (values.help) return 'help';
  const only = values.only.split(',').filter((id) => id !== '');
  const { quick, json, profile, compare } = values;
  return {
    only,
    quick,
    ...(json === undefined ? {} : { json }),
    ...(profile === undefined ? {} : { profile }),
    ...(compare === undefined ? {} : { compare }),
  };
};
