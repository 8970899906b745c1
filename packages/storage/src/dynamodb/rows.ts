import { deflateRawSync, inflateRawSync } from 'node:zlib';
import type { ClientRow, LogRow, ReceiptRow, RecordRow } from '@tidemark/engine/storage';
import { bytes, bytesOf, number, numberOf, text, textOf } from './attributes.ts';
import { type Place, pad, partitionOf, recordOfSort, recordSort } from './keys.ts';
import type { Item, Key, Write } from './table.ts';

/** Fields above it are kept once, beside log and record, in pieces (an item holds 400 KB). */
export const BLOB_BYTES_MIN = 100_000;
const PIECE_BYTES_MAX = 350_000;
/** Above it the meta of a record is compressed. */
const META_BYTES_MAX = 4_000;

/** A row whose fields may have to be fetched: `blob` is their length in bytes, 0 where they are here. */
export interface Fetched<Row> {
  readonly row: Row;
  readonly blob: number;
}

/** Length of fields that are kept apart, or 0. */
export const blobLength = (fieldsJson: string | null): number => {
  const length = fieldsJson === null ? 0 : Buffer.byteLength(fieldsJson);
  return length > BLOB_BYTES_MIN ? length : 0;
};

export const toFetched = (row: LogRow): Fetched<LogRow> => ({ row, blob: blobLength(row.fieldsJson) });

export const blobKeys = (place: Place, seq: number, length: number): Key[] =>
  Array.from({ length: Math.ceil(length / PIECE_BYTES_MAX) }, (_, i) => ({ pk: partitionOf('blobs', place), sk: `${pad(seq)}/${pad(i)}` }));

/** The pieces of large fields. They never change: what a change said at a seq stays. */
export const blobItems = (place: Place, { seq, fieldsJson }: Pick<LogRow, 'seq' | 'fieldsJson'>): Item[] => {
  const whole = Buffer.from(fieldsJson ?? '');
  return blobKeys(place, seq, blobLength(fieldsJson)).map(({ pk, sk }, i) => ({
    pk: text(pk),
    sk: text(sk),
    piece: bytes(whole.subarray(i * PIECE_BYTES_MAX, (i + 1) * PIECE_BYTES_MAX)),
  }));
};

export const recordKeyOf = (place: Place, key: { readonly collection: string; readonly id: string }): Key => ({
  pk: partitionOf('records', place),
  sk: recordSort(key),
});

export const recordItem = (place: Place, row: RecordRow): Item => {
  const { pk, sk } = recordKeyOf(place, row);
  const blob = blobLength(row.fieldsJson);
  return {
    pk: text(pk),
    sk: text(sk),
    seq: number(row.seq),
    deleted: { BOOL: row.deleted },
    row: text(JSON.stringify([row.revision, row.updatedAt, row.schemaVersion])),
    ...(blob === 0 ? { fields: text(row.fieldsJson) } : { blob: number(blob) }),
    ...(row.metaJson.length > META_BYTES_MAX ? { packed: bytes(deflateRawSync(row.metaJson)) } : { meta: text(row.metaJson) }),
  };
};

export const toRecord = (item: Item): Fetched<RecordRow> => {
  const [revision, updatedAt, schemaVersion]: [number, number, number] = JSON.parse(textOf(item, 'row'));
  const blob = item.blob === undefined ? 0 : numberOf(item, 'blob');
  const row: RecordRow = {
    ...recordOfSort(textOf(item, 'sk')),
    seq: numberOf(item, 'seq'),
    revision,
    updatedAt,
    schemaVersion,
    deleted: item.deleted?.BOOL === true,
    fieldsJson: blob === 0 ? textOf(item, 'fields') : '',
    metaJson: item.meta === undefined ? inflateRawSync(bytesOf(item, 'packed')).toString() : textOf(item, 'meta'),
  };
  return { row, blob };
};

export const receiptKey = (place: Place, mutationId: string): Key => ({ pk: partitionOf('receipts', place), sk: mutationId });

export const receiptItem = (place: Place, { mutationId, ...row }: ReceiptRow): Item => {
  const { pk, sk } = receiptKey(place, mutationId);
  const { hash, verdict, seq, revision, collection, id, extraJson } = row;
  return { pk: text(pk), sk: text(sk), row: text(JSON.stringify([hash, verdict, seq, revision, collection, id, extraJson])) };
};

type ReceiptTuple = [string, ReceiptRow['verdict'], number, number, string, string, string | null];

export const toReceipt = (item: Item): ReceiptRow => {
  const [hash, verdict, seq, revision, collection, id, extraJson]: ReceiptTuple = JSON.parse(textOf(item, 'row'));
  return { mutationId: textOf(item, 'sk'), hash, verdict, seq, revision, collection, id, extraJson };
};

export const clientKey = (place: Place, clientId: string): Key => ({ pk: partitionOf('clients', place), sk: clientId });

/**
 * A client as an append or a sighting leaves it. Both keep when it was first seen, a revocation, and (the append) its name or (the
 * sighting) its ackedN, whatever they were made from. `by` is the `appends` of the append, or a sighting.
 */
export const clientUpdate = (place: Place, client: ClientRow, by: number | 'sighting'): Write => {
  const keep = (name: string) => `${name} = if_not_exists(${name}, :${name.replace('#', '')})`;
  const set = (name: string) => `${name} = :${name.replace('#', '')}`;
  const parts = [
    by === 'sighting' ? keep('ackedN') : set('ackedN'),
    by === 'sighting' ? keep('written') : set('written'),
    set('seq'),
    set('lastSeenAt'),
    keep('firstSeenAt'),
    client.revoked ? set('revoked') : keep('revoked'),
  ];
  const names = client.name === null ? [] : [by === 'sighting' ? set('#name') : keep('#name')];
  const { pk, sk } = clientKey(place, client.clientId);
  return {
    Update: {
      Key: { pk: text(pk), sk: text(sk) },
      UpdateExpression: `SET ${[...parts, ...names].join(', ')}`,
      ...(client.name === null ? {} : { ExpressionAttributeNames: { '#name': 'name' } }),
      ExpressionAttributeValues: {
        ':ackedN': number(client.ackedN),
        ':written': number(by === 'sighting' ? 0 : by),
        ':seq': number(client.seq),
        ':lastSeenAt': number(client.lastSeenAt),
        ':firstSeenAt': number(client.firstSeenAt),
        ':revoked': { BOOL: client.revoked },
        ...(client.name === null ? {} : { ':name': text(client.name) }),
      },
    },
  };
};

export const toClient = (item: Item): ClientRow => ({
  clientId: textOf(item, 'sk'),
  ackedN: numberOf(item, 'ackedN'),
  seq: numberOf(item, 'seq'),
  firstSeenAt: numberOf(item, 'firstSeenAt'),
  lastSeenAt: numberOf(item, 'lastSeenAt'),
  revoked: item.revoked?.BOOL === true,
  name: item.name?.S ?? null,
});
