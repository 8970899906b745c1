import {
  type AttributeValue,
  type BatchGetItemCommandInput,
  type BatchGetItemCommandOutput,
  type QueryCommandInput,
  TransactionCanceledException,
  type TransactWriteItemsCommandInput,
} from '@aws-sdk/client-dynamodb';
import type { Calls } from '@tidemark/storage/dynamodb';

type Image = { [name: string]: AttributeValue };

const nameOf = (item: Image | undefined): string => `${item?.pk?.S}\u0000${item?.sk?.S}`;
const compareNames = (a: Image, b: Image): number => Buffer.compare(Buffer.from(a.sk?.S ?? ''), Buffer.from(b.sk?.S ?? ''));

const keysOf = ({ TransactItems = [] }: TransactWriteItemsCommandInput): Image[] =>
  TransactItems.flatMap(({ Put, Update, Delete }) => {
    const at = Put?.Item ?? Update?.Key ?? Delete?.Key;
    return at?.pk === undefined || at.sk === undefined ? [] : [{ pk: at.pk, sk: at.sk }];
  });

/** Of items whose transaction is stored but not answered: what each was, while that may still be seen. */
type Hidden = Map<string, { readonly key: Image; readonly old: Image | undefined }>;

/** How long the next item of a transaction may keep others waiting to see it. */
const PAUSE_MS_MAX = 8;

/** The head, from which the rest is found, is seen early more often than not. */
const isHead = (key: Image): boolean => key.sk?.S === 'head';

const conflict = () =>
  new TransactionCanceledException({ message: 'in flight', $metadata: {}, CancellationReasons: [{ Code: 'TransactionConflict' }] });

const isWithin = ({ ExpressionAttributeValues: values }: QueryCommandInput, item: Image): boolean =>
  item.pk?.S === values?.[':pk']?.S &&
  compareNames(item, { sk: values?.[':from'] ?? { S: '' } }) >= 0 &&
  compareNames(item, { sk: values?.[':to'] ?? { S: '' } }) <= 0;

const pause = (ms: number) => new Promise<void>((resolve) => void setTimeout(resolve, ms));

const signal = () => {
  let give = (): void => {};
  const given = new Promise<void>((resolve) => {
    give = resolve;
  });
  return { given, give: () => give() };
};

/** What a plain read sees of items, given what is hidden. */
const createSight = (hidden: Hidden) => {
  const seen = (item: Image | undefined, key: Image): Image | undefined => {
    const one = hidden.get(nameOf(key));
    return one === undefined ? item : one.old;
  };
  const patched = (input: QueryCommandInput, items: readonly Image[], isWhole: boolean): Image[] => {
    const kept = items.map((item) => seen(item, item)).filter((item) => item !== undefined);
    const removed = [...hidden.values()].flatMap(({ key, old }) =>
      isWhole && old !== undefined && isWithin(input, key) && !items.some((item) => nameOf(item) === nameOf(key)) ? [old] : [],
    );
    const all = [...kept, ...removed].sort(compareNames);
    return input.ScanIndexForward === false ? all.reverse() : all;
  };
  const batch = ({ RequestItems = {} }: BatchGetItemCommandInput, { Responses = {} }: BatchGetItemCommandOutput) =>
    Object.fromEntries(
      Object.entries(RequestItems).map(([table, { Keys = [] }]): [string, Image[]] => {
        const items = new Map((Responses[table] ?? []).map((item) => [nameOf(item), item]));
        return [table, Keys.map((key) => seen(items.get(nameOf(key)), key)).filter((item) => item !== undefined)];
      }),
    );
  return { seen, patched, batch };
};

/**
 * A fake in front of the emulator, which applies a transaction in one moment. DynamoDB does not: until a transaction is answered, a read
 * that is none sees of each of its items the old or the new (at last the new), and a read that is one is refused. All that share a fake
 * see the same. `random` answers [0, 1).
 */
export const createTorn = (random: () => number) => {
  const hidden: Hidden = new Map();
  let held: { readonly began: () => void; readonly ended: Promise<void> } | undefined;
  let reads = 0;
  const { seen, patched, batch } = createSight(hidden);
  const wrap = (calls: Calls): Calls => ({
    ...calls,
    transactWriteItems: async (input) => {
      const table = input.TransactItems?.[0]?.Put?.TableName ?? input.TransactItems?.[1]?.Put?.TableName;
      const keys = keysOf(input);
      if (keys.some((key) => hidden.has(nameOf(key)))) throw conflict();
      if (table === undefined) return calls.transactWriteItems(input);
      for (const key of keys)
        hidden.set(nameOf(key), { key, old: (await calls.getItem({ TableName: table, Key: key, ConsistentRead: true })).Item });
      try {
        const answer = await calls.transactWriteItems(input);
        const order = keys
          .map((key) => ({ key, at: isHead(key) && (held !== undefined || random() < 0.5) ? 0 : random() }))
          .sort((a, b) => a.at - b.at);
        for (const { key } of order) {
          hidden.delete(nameOf(key));
          if (held !== undefined && isHead(key)) {
            held.began();
            await held.ended;
          }
          if (random() < 0.3) await pause(random() * PAUSE_MS_MAX);
        }
        return answer;
      } finally {
        for (const key of keys) hidden.delete(nameOf(key));
      }
    },
    transactGetItems: (input) => {
      reads += 1;
      const isInFlight = input.TransactItems?.some(({ Get }) => hidden.has(nameOf(Get?.Key)));
      return isInFlight ? Promise.reject(conflict()) : calls.transactGetItems(input);
    },
    getItem: async (input) => {
      reads += 1;
      const answer = await calls.getItem(input);
      return { ...answer, Item: seen(answer.Item, input.Key ?? {}) };
    },
    batchGetItem: async (input) => {
      const answer = await calls.batchGetItem(input);
      return { ...answer, Responses: batch(input, answer) };
    },
    query: async (input) => {
      reads += 1;
      const answer = await calls.query(input);
      return { ...answer, Items: patched(input, answer.Items ?? [], answer.LastEvaluatedKey === undefined) };
    },
  });
  /** Runs `write`, whose transaction shows its head and nothing else for as long as `meanwhile` takes. */
  const holding = async <T>(write: () => Promise<unknown>, meanwhile: () => Promise<T>): Promise<T> => {
    const [began, ended] = [signal(), signal()];
    held = { began: began.give, ended: ended.given };
    const writing = write();
    await began.given;
    held = undefined;
    try {
      return await meanwhile();
    } finally {
      ended.give();
      await writing;
    }
  };
  return { wrap, holding, reads: () => reads };
};
