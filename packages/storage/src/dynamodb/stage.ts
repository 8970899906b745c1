import { gunzipSync, gzipSync } from 'node:zlib';
import type { Append } from '@tidemark/engine/storage';
import { bytes, bytesOf, text } from './attributes.ts';
import { LAST, type Place, pad, partitionOf } from './keys.ts';
import { itemKey, type Key, type Table } from './table.ts';

const PIECE_BYTES_MAX = 350_000;

const rangeOf = (place: Place, name: string) => ({ pk: partitionOf('staged', place), from: `${name}/`, to: `${name}/${LAST}` });

/** Lays an append down where nothing points to it yet; answers the name for the head. */
export const stage = async (table: Table, place: Place, batch: Append, id: string): Promise<string> => {
  const whole = gzipSync(JSON.stringify(batch));
  const count = Math.ceil(whole.byteLength / PIECE_BYTES_MAX);
  const name = `${id}.${count}`;
  const pieces = Array.from({ length: count }, (_, i) => ({
    pk: text(partitionOf('staged', place)),
    sk: text(`${name}/${pad(i)}`),
    piece: bytes(whole.subarray(i * PIECE_BYTES_MAX, (i + 1) * PIECE_BYTES_MAX)),
  }));
  await table.writeAll(pieces, []);
  return name;
};

/** What was staged under a name; undefined where it has just been carried out and is being removed. */
export const readStaged = async (table: Table, place: Place, name: string): Promise<Append | undefined> => {
  const pieces: Uint8Array[] = [];
  for await (const item of table.query(rangeOf(place, name))) pieces.push(bytesOf(item, 'piece'));
  if (pieces.length !== Number(name.slice(name.lastIndexOf('.') + 1))) return undefined;
  const batch: Append = JSON.parse(gunzipSync(Buffer.concat(pieces)).toString());
  return batch;
};

export const removeStaged = async (table: Table, place: Place, name: string): Promise<void> => {
  const keys: Key[] = [];
  for await (const item of table.query({ ...rangeOf(place, name), keysOnly: true })) keys.push(itemKey(item));
  await table.writeAll([], keys);
};
