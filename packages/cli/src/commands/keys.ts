import { rotateSigningKeys, SIGNING_ALGORITHMS, type SigningAlgorithm } from '@tidemark/server/accounts';
import { type Command, Option } from 'commander';
import { type CommandContext, dataOption } from '../context.ts';
import { createDataFolder, dataFolder } from '../data-folder.ts';
import { done, failed, type Outcome } from '../outcome.ts';

interface RotateOptions {
  readonly data: string;
  readonly algorithm?: SigningAlgorithm;
}

/** Touches the key file only, never the database, so that it works beside `serve`. */
const rotate = async (context: CommandContext, options: RotateOptions): Promise<Outcome> => {
  const folder = dataFolder(options.data);
  const unfit = await createDataFolder(folder);
  if (unfit !== undefined) return unfit;
  const rotated = await rotateSigningKeys(folder.path, context.env, options.algorithm);
  if (!rotated.ok) return failed(rotated.error.message);
  const { kid, alg } = rotated.value;
  context.terminal.note(
    'The key before it stays good. A running server takes the new one within seconds. Wait ten minutes before the next.',
  );
  context.terminal.print(`${kid} ${alg}`);
  return done;
};

export const addKeys = (program: Command, context: CommandContext): void => {
  program
    .command('keys')
    .summary('rotate the keys that access tokens are signed with')
    .description('The keys that access tokens are signed with: two are good at any time, the newest signs.')
    .addHelpText('after', '\nExample:\n  tidemark keys rotate --data ./data')
    .command('rotate')
    .description('make a new signing key; sessions go on')
    .addOption(dataOption())
    .addOption(new Option('--algorithm <name>', 'of the new key (default: that of the one before it)').choices(SIGNING_ALGORITHMS))
    .action(async (options: RotateOptions) => context.finish(await rotate(context, options)));
};
