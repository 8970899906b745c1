import type { AccountsItem, AccountsStorage, ItemWrite } from '@tidemark/engine/accounts';
import { number, numberOf, text, textOf } from './attributes.ts';
import { EXPIRY } from './create-table.ts';
import { LAST } from './keys.ts';
import { type Item, type Key, keyOf, type Table, type Write } from './table.ts';

const PREFIX = 'accounts/';

// An id may be empty, a sort key may not.
const itemKey = ({ owner, id }: { readonly owner: string; readonly id: string }): Key => ({ pk: `${PREFIX}${owner}`, sk: `=${id}` });

const toItem = (item: Item): AccountsItem => ({
  owner: textOf(item, 'pk').slice(PREFIX.length),
  id: textOf(item, 'sk').slice(1),
  revision: numberOf(item, 'revision'),
  expiresAt: item.expiresAt === undefined ? null : numberOf(item, 'expiresAt'),
  json: textOf(item, 'json'),
});

const condition = (expected: number) =>
  expected === 0
    ? { ConditionExpression: 'attribute_not_exists(pk)' }
    : { ConditionExpression: 'revision = :expected', ExpressionAttributeValues: { ':expected': number(expected) } };

const toWrite = (write: ItemWrite): Write => {
  const key = itemKey(write);
  const holds = condition(write.expected);
  if (write.kind !== 'put') return { [write.kind === 'check' ? 'ConditionCheck' : 'Delete']: { Key: keyOf(key), ...holds } };
  const { expiresAt, json } = write;
  // DynamoDB removes it by itself, up to days late, and counts in seconds.
  const expiry = expiresAt === null ? {} : { expiresAt: number(expiresAt), [EXPIRY]: number(Math.ceil(expiresAt / 1_000)) };
  return { Put: { Item: { ...keyOf(key), revision: number(write.expected + 1), json: text(json), ...expiry }, ...holds } };
};

/** The accounts of a table: each owner is a partition. */
export const createAccountsStorage = (table: Table): AccountsStorage => ({
  read: async (wanted) => {
    const keys = new Map(wanted.map((address) => [JSON.stringify(itemKey(address)), itemKey(address)]));
    const items = (await table.getAll([...keys.values()])).map(toItem);
    return wanted.map(({ owner, id }) => items.find((item) => item.owner === owner && item.id === id));
  },
  list: async (owner, { prefix, after, descending = false, limit }) => {
    const { pk, sk: from } = itemKey({ owner, id: prefix });
    const found: AccountsItem[] = [];
    const start = after === undefined || after === '' ? undefined : itemKey({ owner, id: after }).sk;
    const isWithin = start !== undefined && Buffer.compare(Buffer.from(start), Buffer.from(from)) > 0;
    const range = descending ? { from, to: start ?? `${from}${LAST}` } : { from: isWithin ? start : from, to: `${from}${LAST}` };
    for await (const item of table.query({ pk, ...range, descending, atOnce: limit + 1 })) {
      const one = toItem(item);
      if (one.id === after || !one.id.startsWith(prefix)) continue;
      found.push(one);
      if (found.length >= limit) break;
    }
    return found;
  },
  write: async (batch) => ((await table.transact(batch.map(toWrite))) ? 'stored' : 'moved'),
  scan: async ({ after, limit }) => {
    const { items, next } = await table.scan(PREFIX, limit, after);
    return { items: items.map(toItem), ...(next === undefined ? {} : { next }) };
  },
  // DynamoDB does it.
  purge: async () => 0,
});
