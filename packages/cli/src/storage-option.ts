import { InvalidArgumentError, Option } from 'commander';

/** Where the data is kept. */
export type StorageChoice =
  | { readonly kind: 'sqlite' }
  | { readonly kind: 'memory' }
  | { readonly kind: 'postgres' | 'dynamodb'; readonly url: string };

const URLS = 'postgres://user:password@host:5432/database, or dynamodb://TABLE?region=eu-central-1';

const toChoice = (given: string): StorageChoice => {
  if (given === 'sqlite' || given === 'memory') return { kind: given };
  if (/^postgres(ql)?:\/\//u.test(given) && URL.canParse(given)) return { kind: 'postgres', url: given };
  if (given.startsWith('dynamodb://')) return { kind: 'dynamodb', url: given };
  throw new InvalidArgumentError(`It is sqlite, memory, ${URLS}`);
};

const SQLITE: StorageChoice = { kind: 'sqlite' };

export const storageOption = (): Option =>
  new Option('--storage <where>', 'sqlite (a file in --data), memory, postgres://…, or dynamodb://TABLE?region=…')
    .env('DATABASE_URL')
    .argParser(toChoice)
    .default(SQLITE, 'sqlite');

/** For commands that work on what was stored before. */
export type StoredChoice = Exclude<StorageChoice, { readonly kind: 'memory' }>;

export const toStored = (given: string): StoredChoice => {
  const choice = toChoice(given);
  if (choice.kind !== 'memory') return choice;
  throw new InvalidArgumentError(`Nothing is stored in memory. It is sqlite, ${URLS}`);
};

export const storedOption = (): Option =>
  new Option('--storage <where>', 'sqlite (a file in --data), postgres://…, or dynamodb://TABLE?region=…')
    .env('DATABASE_URL')
    .argParser(toStored)
    .default(SQLITE, 'sqlite');
