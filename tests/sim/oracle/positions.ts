import { isJsonObject, type Json, type JsonObject } from '@tidemark/protocol';
import type { Context } from '../world/context.ts';
import { type Memory, spaceKeyOf } from './memory.ts';

/** The beginning of a log up to some row. Logs that begin with the same rows share it, so it is compared by identity. */
interface Prefix {
  readonly next: Map<string, Prefix>;
}

const newPrefix = (): Prefix => ({ next: new Map() });

/** Knows which log each cursor was given for. */
export interface Positions {
  /** A page went out, in answer to this cursor (undefined: to none). */
  page(user: string, asked: Json | undefined, page: JsonObject): void;
}

/**
 * A pull goes on without a reset only from a position of this very log (I5): a server that was put back to an older backup has to
 * notice a cursor of the log that was lost at the first pull. What a log is, is told by its rows, not by the product's hashes.
 */
export const createPositions = ({ violate }: Context, memory: Memory): Positions => {
  const root = newPrefix();
  const known = new WeakMap<object, Prefix[]>();
  const given = new Map<string, { readonly seq: number; readonly prefix: Prefix }>();
  const prefixAt = (user: string, seq: number): Prefix | undefined => {
    const log = memory.logs.get(spaceKeyOf(user));
    if (log === undefined || seq > log.length) return seq === 0 ? root : undefined;
    const prefixes = known.get(log) ?? [root];
    known.set(log, prefixes);
    for (const { mutationId, collection, id, deleted, fieldsJson } of log.slice(prefixes.length - 1, seq)) {
      const text = JSON.stringify([mutationId, collection, id, deleted, fieldsJson]);
      const { next } = prefixes.at(-1) ?? root;
      const prefix = next.get(text) ?? newPrefix();
      next.set(text, prefix);
      prefixes.push(prefix);
    }
    return prefixes[seq];
  };
  return {
    page: (user, asked, { cursor, seq, epoch, reset }) => {
      // Of a space that was erased while the page was made there is no log any more.
      if (typeof cursor !== 'string' || typeof seq !== 'number' || memory.erasedEpochs.has(String(epoch))) return;
      const from = given.get(`${user} ${String(asked)}`);
      if (from !== undefined && reset === undefined && prefixAt(user, from.seq) !== from.prefix)
        violate('I5', `a pull of ${user} went on after seq ${from.seq} of a log that is not the server's`);
      const prefix = prefixAt(user, seq);
      const key = `${user} ${cursor}`;
      if (prefix !== undefined && !given.has(key)) given.set(key, { seq, prefix });
    },
  };
};

/** The cursor that a pull was asked with. */
export const cursorOf = (body: Json | undefined): Json | undefined => (isJsonObject(body) ? body.cursor : undefined);
