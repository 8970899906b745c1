import type { LogRow } from '@tidemark/engine/storage';
import { text, textOf } from './attributes.ts';
import { pad } from './keys.ts';
import type { Fetched } from './rows.ts';
import type { Item } from './table.ts';

/** Bytes of one part of the log: few, since a pull reads the part of its cursor for one hash. A larger row is a part by itself. */
const PART_BYTES_MAX = 32_000;

type Tuple = [
  seq: number,
  collection: string,
  id: string,
  revision: number,
  prevSeq: number,
  updatedAt: number,
  schemaVersion: number,
  deleted: 0 | 1,
  mutationId: string,
  clientId: string,
  at: number,
  hash: string,
  blob: number,
];

const toTuple = ({ row, blob }: Fetched<LogRow>): Tuple => [
  row.seq,
  row.collection,
  row.id,
  row.revision,
  row.prevSeq,
  row.updatedAt,
  row.schemaVersion,
  row.deleted ? 1 : 0,
  row.mutationId,
  row.clientId,
  row.at,
  row.hash,
  blob,
];

const toRow = (tuple: Tuple, fieldsJson: string | null): LogRow => {
  const [seq, collection, id, revision, prevSeq, updatedAt, schemaVersion, deleted, mutationId, clientId, at, hash] = tuple;
  const rest = { mutationId, clientId, at, hash };
  return { seq, collection, id, revision, prevSeq, updatedAt, schemaVersion, deleted: deleted === 1, fieldsJson, ...rest };
};

interface Part {
  readonly tuples: string[];
  readonly fields: (string | null)[];
  bytes: number;
  last: number;
}

/** Packs rows, in order, into items; each is named by the seq of its last row, behind `prefix`. */
export const packLog = (pk: string, prefix: string, rows: readonly Fetched<LogRow>[]): Item[] => {
  const parts: Part[] = [];
  for (const fetched of rows) {
    const printed = JSON.stringify(toTuple(fetched));
    const fields = fetched.blob === 0 ? fetched.row.fieldsJson : null;
    const bytes = Buffer.byteLength(printed) + Buffer.byteLength(fields ?? '') + 8;
    let part = parts.at(-1);
    if (part === undefined || part.bytes + bytes > PART_BYTES_MAX) {
      part = { tuples: [], fields: [], bytes: 0, last: 0 };
      parts.push(part);
    }
    part.tuples.push(printed);
    part.fields.push(fields);
    part.bytes += bytes;
    part.last = fetched.row.seq;
  }
  return parts.map(({ tuples, fields, last }) => ({
    pk: text(pk),
    sk: text(`${prefix}${pad(last)}`),
    rows: text(`[${tuples.join(',')}]`),
    fields: { L: fields.map((one) => (one === null ? { NULL: true } : text(one))) },
  }));
};

/** The rows of a part, in order. */
export const unpackLog = (item: Item): Fetched<LogRow>[] => {
  const tuples: Tuple[] = JSON.parse(textOf(item, 'rows'));
  return tuples.map((tuple, i) => ({ row: toRow(tuple, item.fields?.L?.[i]?.S ?? null), blob: tuple[12] }));
};
