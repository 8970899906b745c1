import type { Command } from 'commander';
import type { CommandContext } from '../context.ts';
import { done, failed, type Outcome, wrongInput } from '../outcome.ts';

const create = async ({ env, terminal }: CommandContext, url: string): Promise<Outcome> => {
  if (!url.startsWith('dynamodb://'))
    return wrongInput(
      'Only DynamoDB needs its table made before: dynamodb://TABLE?region=eu-central-1. Others make theirs when first used.',
    );
  const { createDynamoTable } = await import('@tidemark/storage/dynamodb');
  const made = await createDynamoTable(url, env);
  if (!made.ok) return made.error.code === 'BAD_REQUEST' ? wrongInput(made.error.message) : failed(made.error.message);
  terminal.print(made.value === 'created' ? 'The table is made.' : 'The table was there before; nothing was changed.');
  return done;
};

export const addStorage = (program: Command, context: CommandContext): void => {
  program
    .command('storage')
    .summary('make a DynamoDB table')
    .description('Where servers keep their data.')
    .command('create <url>')
    .description(
      'Makes the table that the URL names: on-demand capacity, one partition and one sort key, expiry switched on.\n' +
        'Waits until it is there. ' +
        'Needs AWS credentials that may create tables, found as every AWS tool finds them; `serve` itself needs fewer rights.',
    )
    .addHelpText('after', "\nExample:\n  tidemark storage create 'dynamodb://tidemark?region=eu-central-1'")
    .action(async (url: string) => context.finish(await create(context, url)));
};
