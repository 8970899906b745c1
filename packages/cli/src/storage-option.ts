import { InvalidArgumentError, Option } from 'commander';

/** Where the data is kept. */
export type StorageChoice = { readonly kind: 'sqlite' | 'memory' } | { readonly kind: 'postgres'; readonly url: string };

const toChoice = (given: string): StorageChoice => {
  if (given === 'sqlite' || given === 'memory') return { kind: given };
  if (/^postgres(ql)?:\/\//u.test(given) && URL.canParse(given)) return { kind: 'postgres', url: given };
  throw new InvalidArgumentError('It is sqlite, memory, or the URL of a PostgreSQL database: postgres://user:password@host:5432/database');
};

export const storageOption = (): Option =>
  new Option('--storage <where>', 'sqlite (a file in --data), memory, or postgres://…')
    .env('DATABASE_URL')
    .argParser(toChoice)
    .default({ kind: 'sqlite' } satisfies StorageChoice, 'sqlite');
