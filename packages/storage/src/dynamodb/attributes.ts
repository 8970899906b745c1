import type { AttributeValue } from '@aws-sdk/client-dynamodb';
import type { Item } from './table.ts';

/** What an attribute holds is as our own code wrote it; anything else is a damaged table, and said so. */
const damaged = (item: Item, name: string): Error => new Error(`Item ${item.pk?.S} ${item.sk?.S} has no ${name}: the table is damaged.`);

export const text = (value: string): AttributeValue => ({ S: value });
export const number = (value: number): AttributeValue => ({ N: String(value) });
export const bytes = (value: Uint8Array): AttributeValue => ({ B: value });

export const textOf = (item: Item, name: string): string => {
  const value = item[name]?.S;
  if (value === undefined) throw damaged(item, name);
  return value;
};

export const numberOf = (item: Item, name: string): number => {
  const value = item[name]?.N;
  if (value === undefined) throw damaged(item, name);
  return Number(value);
};

export const bytesOf = (item: Item, name: string): Uint8Array => {
  const value = item[name]?.B;
  if (value === undefined) throw damaged(item, name);
  return value;
};

/** Bytes of an item as DynamoDB counts them, never less. */
export const itemBytes = (item: Item): number =>
  Object.entries(item).reduce((sum, [name, value]) => sum + Buffer.byteLength(name) + valueBytes(value), 0);

const valueBytes = ({ S, N, B, L = [] }: AttributeValue): number => {
  if (S !== undefined) return Buffer.byteLength(S);
  if (N !== undefined) return N.length + 2;
  if (B !== undefined) return B.byteLength;
  return L.reduce((sum, value) => sum + 1 + valueBytes(value), 3);
};
