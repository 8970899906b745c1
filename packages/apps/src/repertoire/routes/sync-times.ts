import { createHash } from 'node:crypto';
import { decodeCursor, encodeCursor } from '@tidemark/protocol';
import type { Call } from '@tidemark/server/rest';
import * as z from 'zod';

/** Where the log of a space stood, as an opaque cursor that is bound to no collections. */
export type LogPlace = string;

/** So long a `syncedAt` is remembered; a device that comes later still gets everything anew. */
const REMEMBERED_MS = 400 * 24 * 60 * 60 * 1_000;
/** After a restore: more than the times that the lost log may have given out ahead of the clock. */
const AFTER_RESTORE_SECONDS = 600;

const latestSchema = z.object({ second: z.number(), place: z.string() });
const timeSchema = z.object({ place: z.string() });

const ownerOf = ({ space }: Call): string => `repertoire-times/${createHash('sha256').update(space.key).digest('hex')}`;

const printSecond = (second: number): string => new Date(second * 1_000).toISOString();

const truncate = (time: string): string => printSecond(Math.floor(Date.parse(time) / 1_000));

/**
 * Where a device stands: the place that its `lastSyncedAt` stands for. Undefined where it sends none, and for one that was never
 * given out here, or long ago.
 */
export const standingOf = async (call: Call, lastSyncedAt: string | null | undefined): Promise<LogPlace | undefined> => {
  if (lastSyncedAt === null || lastSyncedAt === undefined || lastSyncedAt === '') return undefined;
  const { items, env } = call.services;
  const [item] = await items.read([{ owner: ownerOf(call), id: truncate(lastSyncedAt) }]);
  if (item === undefined || (item.expiresAt ?? Number.POSITIVE_INFINITY) <= env.wall()) return undefined;
  return timeSchema.parse(JSON.parse(item.json)).place;
};

/** Does `place` come before another of the same log? */
const isBefore = (place: LogPlace, other: LogPlace): boolean => {
  const [one, two] = [decodeCursor(place), decodeCursor(other)];
  return one !== undefined && two !== undefined && one.spaceId === two.spaceId && one.epoch === two.epoch && one.seq < two.seq;
};

const hasOtherEpoch = (place: LogPlace, other: LogPlace): boolean => decodeCursor(place)?.epoch !== decodeCursor(other)?.epoch;

/**
 * The `syncedAt` of a place: a whole second, one for each place, growing with it. Devices drop fractions and read no other
 * form. It is the time where the clock allows, else the next second that was not given out; the same place gets the same again,
 * and then nothing is written. Undefined where a later place already has one: whoever asks must read on to the head first.
 */
export const timeOf = async (call: Call, place: LogPlace): Promise<string | undefined> => {
  const { items, env } = call.services;
  const owner = ownerOf(call);
  for (;;) {
    const [item] = await items.read([{ owner, id: 'latest' }]);
    const latest = item === undefined ? undefined : latestSchema.parse(JSON.parse(item.json));
    if (latest?.place === place) return printSecond(latest.second);
    if (latest !== undefined && isBefore(place, latest.place)) return undefined;
    const jump = latest !== undefined && hasOtherEpoch(place, latest.place) ? AFTER_RESTORE_SECONDS : 1;
    const second = Math.max(Math.floor(env.wall() / 1_000), (latest?.second ?? 0) + jump);
    const stored = await items.write([
      { kind: 'put', owner, id: 'latest', expected: item?.revision ?? 0, expiresAt: null, json: JSON.stringify({ second, place }) },
      {
        kind: 'put',
        owner,
        id: printSecond(second),
        expected: 0,
        expiresAt: env.wall() + REMEMBERED_MS,
        json: JSON.stringify({ place }),
      },
    ]);
    if (stored === 'stored') return printSecond(second);
  }
};

/** A cursor without the collections it was asked with. */
export const toPlace = (cursor: string): LogPlace => {
  const { collections: _, snapshot: __, ...place } = decodeCursor(cursor) ?? fail();
  return encodeCursor(place);
};

const fail = (): never => {
  throw new Error('The engine answered a cursor that is none.');
};
