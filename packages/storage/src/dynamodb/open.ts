import { createPollingPokes } from '@tidemark/engine';
import { StorageFailure } from '@tidemark/engine/storage';
import { type AppDefinition, type Env, ok, type Result, refuse } from '@tidemark/protocol';
import { type Calls, openCalls } from './calls.ts';
import { declaredIndexes } from './declared.ts';
import { explain } from './failure.ts';
import { createStorage, type DynamoStorage } from './storage.ts';
import { createTable, keyOf, type Table } from './table.ts';
import { parseTableUrl } from './table-url.ts';

export interface DynamoOptions {
  /** `dynamodb://TABLE?region=…&endpoint=…`. */
  readonly url: string;
  readonly env: Env;
  /** Apps whose declared indexes queries may name. */
  readonly apps?: readonly AppDefinition[];
  /** Milliseconds between two looks of a live stream at its space; default 1,000. Each costs half a read unit or one. */
  readonly pollMs?: number;
  /** Stands between the storage and DynamoDB, for tests and measurements. */
  readonly wrap?: (calls: Calls) => Calls;
}

const POLLED_EVERY_MS = 1_000;

/** Why a table cannot be used, or undefined. */
const unfit = async (calls: Calls, table: Table, name: string): Promise<string | undefined> => {
  const { Table } = await calls.describeTable(name);
  const types = new Map(Table?.AttributeDefinitions?.map(({ AttributeName, AttributeType }) => [AttributeName, AttributeType]));
  const keys = (Table?.KeySchema ?? []).map(({ AttributeName, KeyType }) => `${AttributeName} ${KeyType} ${types.get(AttributeName)}`);
  if (keys.join(', ') !== 'pk HASH S, sk RANGE S')
    return 'Its key schema is not ours (pk and sk, both text): make another table with tidemark storage create.';
  if (Table?.TableStatus !== 'ACTIVE' && Table?.TableStatus !== 'UPDATING')
    return `Its status is ${Table?.TableStatus}: wait, or name another table.`;
  // What may be read and written is only known by doing it.
  const probe = { pk: 'probe', sk: 'probe' };
  await table.get(probe);
  await table.transact([{ Delete: { Key: keyOf(probe) } }]);
  return undefined;
};

/**
 * Opens a storage on a DynamoDB table. Refused with a message that says what to do: as BAD_REQUEST where the URL is none, as
 * UNAVAILABLE where DynamoDB cannot be reached or lets us not in, the table is missing or has other keys.
 */
export const openDynamoStorage = async ({ url, env, apps = [], pollMs, wrap }: DynamoOptions): Promise<Result<DynamoStorage>> => {
  const place = parseTableUrl(url);
  if (!place.ok) return place;
  const { table: name } = place.value;
  const calls = (wrap ?? ((own: Calls) => own))(openCalls(place.value));
  const table = createTable(calls, name, env);
  try {
    const wrong = await unfit(calls, table, name);
    if (wrong !== undefined) {
      calls.close();
      return refuse('UNAVAILABLE', `Table ${name} cannot be used: ${wrong}`, { table: name });
    }
  } catch (error) {
    calls.close();
    return refuse('UNAVAILABLE', `Table ${name} cannot be used: ${explain(error instanceof StorageFailure ? error.cause : error)}`, {
      table: name,
    });
  }
  return ok(
    createStorage({
      table,
      declared: declaredIndexes(apps),
      env,
      openPokes: (storage) => createPollingPokes(storage, env, pollMs ?? POLLED_EVERY_MS),
      close: () => calls.close(),
    }),
  );
};
