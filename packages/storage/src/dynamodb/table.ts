import {
  type AttributeValue,
  type CancellationReason,
  type QueryCommandInput,
  TransactionCanceledException,
  type TransactWriteItem,
  type WriteRequest,
} from '@aws-sdk/client-dynamodb';
import { StorageFailure } from '@tidemark/engine/storage';
import type { Env } from '@tidemark/protocol';
import type { Calls } from './calls.ts';
import { faultName, outcomeOf, storageFailure } from './failure.ts';

export type Item = { readonly [name: string]: AttributeValue };

export interface Key {
  readonly pk: string;
  readonly sk: string;
}

/** Part of a partition: sort keys from `from` to `to`, both included. */
export interface Range {
  readonly pk: string;
  readonly from: string;
  readonly to: string;
  readonly descending?: boolean;
  /** Items of one request; undefined: as many as fit into 1 MB. */
  readonly atOnce?: number;
  /** Only pk and sk of each item. */
  readonly keysOnly?: boolean;
}

/** A write inside a transaction; the table's name is filled in. */
export type Write = {
  readonly [Kind in keyof Pick<TransactWriteItem, 'Put' | 'Update' | 'Delete' | 'ConditionCheck'>]?: Omit<
    NonNullable<TransactWriteItem[Kind]>,
    'TableName'
  >;
};

/**
 * The table. Answers that hold less than was asked, and refusals for the moment, are taken care of here. All reads are strongly
 * consistent.
 */
export interface Table {
  get(key: Key): Promise<Item | undefined>;
  /** All of one moment, by place. At most TRANSACTION_ITEMS_MAX. */
  getTogether(keys: readonly Key[]): Promise<(Item | undefined)[]>;
  /** Those of any number of different keys that are there, in any order. */
  getAll(keys: readonly Key[]): Promise<Item[]>;
  query(range: Range): AsyncGenerator<Item>;
  /** For jobs: items whose pk begins with `prefix`, from the whole table; a page may be empty and yet not the last. */
  scan(prefix: string, limit: number, after: string | undefined): Promise<{ readonly items: readonly Item[]; readonly next?: string }>;
  /** All or nothing; false where a condition did not hold. At most TRANSACTION_ITEMS_MAX, each item once. */
  transact(writes: readonly Write[]): Promise<boolean>;
  /** One by one, in no order, each for sure once it resolves. */
  writeAll(puts: readonly Item[], deletes: readonly Key[]): Promise<void>;
}

export const TRANSACTION_ITEMS_MAX = 100;
const GET_ITEMS_MAX = 100;
const WRITE_ITEMS_MAX = 25;
/** Tries where a transaction lost against another one, or DynamoDB took only some of a batch. */
const TRIES = 40;
const WAIT_MS = 5;
const WAIT_MS_MAX = 500;

export const keyOf = ({ pk, sk }: Key): { pk: AttributeValue; sk: AttributeValue } => ({ pk: { S: pk }, sk: { S: sk } });

/** The key of an item. */
export const itemKey = (item: Item): Key => ({ pk: item.pk?.S ?? '', sk: item.sk?.S ?? '' });

/** Lists of at most `size`, one after the other. */
export const slices = <T>(all: readonly T[], size: number): T[][] =>
  Array.from({ length: Math.ceil(all.length / size) }, (_, i) => all.slice(i * size, (i + 1) * size));

const pause = (env: Env, attempt: number): Promise<void> =>
  new Promise((resolve) => {
    const bound = Math.min(WAIT_MS_MAX, WAIT_MS * 2 ** attempt);
    env.setTimer(env.random('dynamodb retry') * bound, resolve);
  });

/** Reasons of a cancelled transaction that another try may mend: it lost against another one, or there was no capacity. */
const PASSING: ReadonlySet<string> = new Set([
  'TransactionConflict',
  'ThrottlingError',
  'ProvisionedThroughputExceeded',
  'RequestLimitExceeded',
]);
const PASSING_FAULTS: ReadonlySet<string> = new Set(['TransactionConflictException']);

const reasonsOf = (error: unknown): readonly CancellationReason[] | undefined =>
  error instanceof TransactionCanceledException ? (error.CancellationReasons ?? []) : undefined;

type Verdict = 'condition' | 'again' | 'failed';

const verdictOf = (error: unknown): Verdict => {
  const codes = (reasonsOf(error) ?? []).map(({ Code = 'None' }) => Code);
  if (codes.includes('ConditionalCheckFailed')) return 'condition';
  const all = codes.filter((code) => code !== 'None');
  if (PASSING_FAULTS.has(faultName(error)) || (all.length > 0 && all.every((code) => PASSING.has(code)))) return 'again';
  return 'failed';
};

const rangeInput = (name: string, { pk, from, to, descending = false, atOnce, keysOnly = false }: Range): QueryCommandInput => ({
  TableName: name,
  ConsistentRead: true,
  KeyConditionExpression: 'pk = :pk AND sk BETWEEN :from AND :to',
  ExpressionAttributeValues: { ':pk': { S: pk }, ':from': { S: from }, ':to': { S: to } },
  ScanIndexForward: !descending,
  ...(atOnce === undefined ? {} : { Limit: atOnce }),
  ...(keysOnly ? { ProjectionExpression: 'pk, sk' } : {}),
});

const named = (name: string, write: Write): TransactWriteItem =>
  Object.fromEntries(Object.entries(write).map(([kind, content]) => [kind, { TableName: name, ...content }]));

const read = async <T>(work: () => Promise<T>): Promise<T> => {
  try {
    return await work();
  } catch (error) {
    throw storageFailure(error, 'nothing');
  }
};

const createGets = (calls: Calls, name: string, env: Env): Pick<Table, 'get' | 'getTogether' | 'getAll'> => {
  const getTogether = async (keys: readonly Key[]): Promise<(Item | undefined)[]> => {
    const items = keys.map((key) => ({ Get: { TableName: name, Key: keyOf(key) } }));
    for (let attempt = 0; ; attempt++) {
      try {
        const { Responses = [] } = await calls.transactGetItems({ TransactItems: items, ReturnConsumedCapacity: 'TOTAL' });
        return keys.map((_, place) => Responses[place]?.Item);
      } catch (error) {
        if (verdictOf(error) !== 'again' || attempt >= TRIES) throw error;
      }
      await pause(env, attempt);
    }
  };
  const getSome = async (keys: readonly Key[]): Promise<Item[]> => {
    const found: Item[] = [];
    let waiting: { [name: string]: AttributeValue }[] = keys.map(keyOf);
    for (let attempt = 0; waiting.length > 0; attempt++) {
      if (attempt > TRIES)
        throw new StorageFailure('storage_failed', 'nothing', 'DynamoDB is overloaded: it answers only parts of what is asked.');
      if (attempt > 0) await pause(env, attempt);
      const answer = await calls.batchGetItem({
        RequestItems: { [name]: { Keys: waiting, ConsistentRead: true } },
        ReturnConsumedCapacity: 'TOTAL',
      });
      const items = answer.Responses?.[name] ?? [];
      found.push(...items);
      waiting = answer.UnprocessedKeys?.[name]?.Keys ?? [];
      // A page of 16 MB is no overload: what is left is asked at once.
      if (items.length > 0) attempt = -1;
    }
    return found;
  };
  const getOne = async (key: Key): Promise<Item | undefined> => {
    const input = { TableName: name, Key: keyOf(key), ConsistentRead: true, ReturnConsumedCapacity: 'TOTAL' as const };
    return (await calls.getItem(input)).Item;
  };
  return {
    get: (key) => read(() => getOne(key)),
    getTogether: (keys) => read(() => getTogether(keys)),
    getAll: (keys) => read(async () => (await Promise.all(slices(keys, GET_ITEMS_MAX).map(getSome))).flat()),
  };
};

const createRanges = (calls: Calls, name: string): Pick<Table, 'query' | 'scan'> => ({
  query: async function* (range) {
    if (Buffer.compare(Buffer.from(range.from), Buffer.from(range.to)) > 0) return;
    let start: { [name: string]: AttributeValue } | undefined;
    do {
      const input = { ...rangeInput(name, range), ReturnConsumedCapacity: 'TOTAL' as const, ExclusiveStartKey: start };
      // A page may be empty and yet not the last.
      const { Items = [], LastEvaluatedKey } = await read(() => calls.query(input));
      yield* Items;
      start = LastEvaluatedKey;
    } while (start !== undefined);
  },
  scan: async (prefix, limit, after) => {
    const start: Key | undefined = after === undefined ? undefined : JSON.parse(after);
    const { Items = [], LastEvaluatedKey } = await read(() =>
      calls.scan({
        TableName: name,
        ConsistentRead: true,
        FilterExpression: 'begins_with(pk, :prefix)',
        ExpressionAttributeValues: { ':prefix': { S: prefix } },
        Limit: limit,
        ExclusiveStartKey: start && keyOf(start),
      }),
    );
    return { items: Items, ...(LastEvaluatedKey === undefined ? {} : { next: JSON.stringify(itemKey(LastEvaluatedKey)) }) };
  },
});

const createWrites = (calls: Calls, name: string, env: Env): Pick<Table, 'transact' | 'writeAll'> => {
  const transact: Table['transact'] = async (writes) => {
    const items = writes.map((write) => named(name, write));
    for (let attempt = 0; ; attempt++) {
      try {
        await calls.transactWriteItems({ TransactItems: items, ReturnConsumedCapacity: 'TOTAL' });
        return true;
      } catch (error) {
        const verdict = verdictOf(error);
        if (verdict === 'condition') return false;
        if (verdict === 'failed') throw storageFailure(error, reasonsOf(error) === undefined ? outcomeOf(error) : 'nothing');
        if (attempt >= TRIES) throw storageFailure(error, 'nothing');
      }
      await pause(env, attempt);
    }
  };
  const writeSome = async (requests: readonly WriteRequest[]) => {
    let waiting = [...requests];
    for (let attempt = 0; waiting.length > 0; attempt++) {
      if (attempt > TRIES)
        throw new StorageFailure('storage_failed', 'unknown', 'DynamoDB is overloaded: it takes only parts of what is written.');
      if (attempt > 0) await pause(env, attempt);
      const answer = await calls.batchWriteItem({ RequestItems: { [name]: waiting }, ReturnConsumedCapacity: 'TOTAL' });
      waiting = answer.UnprocessedItems?.[name] ?? [];
    }
  };
  return {
    transact,
    writeAll: async (puts, deletes) => {
      const requests = [
        ...puts.map((item) => ({ PutRequest: { Item: { ...item } } })),
        ...deletes.map((key) => ({ DeleteRequest: { Key: keyOf(key) } })),
      ];
      try {
        for (const some of slices(slices(requests, WRITE_ITEMS_MAX), 4)) await Promise.all(some.map(writeSome));
      } catch (error) {
        throw storageFailure(error, 'unknown');
      }
    },
  };
};

/** Opens a table by its name. */
export const createTable = (calls: Calls, name: string, env: Env): Table => ({
  ...createGets(calls, name, env),
  ...createRanges(calls, name),
  ...createWrites(calls, name, env),
});
