import type { Loaded, LoadKeys } from '@tidemark/engine/storage';
import { type ReceiptTuple, toClient, toReceipt, toRecord, toSpace } from '../sql/tuples.ts';
import type { SqlValue } from './database.ts';

/** A row of any of the four tables: its texts, its numbers, and its one boolean. */
export type LoadTuple = [kind: 'space' | 'record' | 'receipt' | 'client', texts: (string | null)[], numbers: number[], flag: boolean];

/**
 * The four reads of `load` as one statement: one round trip, and one moment, so that nothing in it is torn.
 */
export const LOAD = `
WITH at AS MATERIALIZED (SELECT * FROM tidemark.spaces WHERE key = $1)
SELECT 'space', ARRAY[key, app, spaceId, epoch, hash, floorHash, digest, erased],
  ARRAY[epochStart, appends, head, floor, committedAt, createdAt]::float8[], false FROM at
UNION ALL
SELECT 'record', ARRAY[r.collection, r.id, r.fields, r.meta],
  ARRAY[r.seq, r.revision, r.updatedAt, r.schemaVersion]::float8[], r.deleted
FROM unnest($2::text[], $3::text[]) AS w (collection, id), at
JOIN tidemark.records r ON r.space = at.number WHERE r.collection = w.collection AND r.id = w.id
UNION ALL
SELECT 'receipt', ARRAY[p.mutationId, p.hash, p.verdict, p.collection, p.id, p.extra], ARRAY[p.seq, p.revision]::float8[], false
FROM at JOIN tidemark.receipts p ON p.space = at.number WHERE p.mutationId = ANY ($4::text[])
UNION ALL
SELECT 'client', ARRAY[c.clientId, c.name], ARRAY[c.ackedN, c.seq, c.firstSeenAt, c.lastSeenAt]::float8[], c.revoked
FROM at JOIN tidemark.clients c ON c.space = at.number WHERE c.clientId = ANY ($5::text[])`;

/** The parameters of LOAD. */
export const loadValues = (key: string, wanted: LoadKeys): SqlValue[] => [
  key,
  wanted.records.map(({ collection }) => collection),
  wanted.records.map(({ id }) => id),
  wanted.receipts,
  wanted.clients,
];

const text = (texts: readonly (string | null)[], place: number): string => {
  const found = texts[place];
  if (found === null || found === undefined) throw new Error(`Column ${place} of a loaded row is null.`);
  return found;
};

const number = (numbers: readonly number[], place: number): number => {
  const found = numbers[place];
  if (found === undefined) throw new Error(`Number ${place} of a loaded row is missing.`);
  return found;
};

const verdicts: ReadonlySet<string> = new Set(['applied', 'merged', 'conflict', 'rejected']);
const isVerdict = (value: string): value is ReceiptTuple[2] => verdicts.has(value);

const verdict = (value: string): ReceiptTuple[2] => {
  if (!isVerdict(value)) throw new Error(`A receipt has the unknown verdict ${value}.`);
  return value;
};

/** The answer of LOAD as the port wants it. */
export const loadedFrom = (tuples: readonly LoadTuple[]): Loaded => {
  const of = (wanted: LoadTuple[0]) =>
    tuples
      .filter(([kind]) => kind === wanted)
      .map(([, texts, numbers, flag]) => ({ t: (i: number) => text(texts, i), n: (i: number) => number(numbers, i), texts, flag }));
  const [space] = of('space').map(({ t, n }) =>
    toSpace([t(0), t(1), t(2), t(3), n(0), n(1), n(2), t(4), n(3), t(5), n(4), n(5), t(6), t(7)]),
  );
  return {
    space,
    records: of('record').map(({ t, n, flag }) => toRecord([t(0), t(1), n(0), n(1), n(2), n(3), flag, t(2), t(3)])),
    receipts: of('receipt').map(({ t, n, texts }) => toReceipt([t(0), t(1), verdict(t(2)), n(0), n(1), t(3), t(4), texts[5] ?? null])),
    clients: of('client').map(({ t, n, flag, texts }) => toClient([t(0), n(0), n(1), n(2), n(3), flag, texts[1] ?? null])),
  };
};
