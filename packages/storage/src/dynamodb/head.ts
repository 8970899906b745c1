import { type SpaceRow, StorageFailure } from '@tidemark/engine/storage';
import { number, numberOf, text, textOf } from './attributes.ts';
import { headKey, type Place } from './keys.ts';
import type { Item, Table, Write } from './table.ts';

/** The item that every append of a space is conditioned on. */
export interface Head extends Place {
  readonly row: SpaceRow;
  /** Head before the newest append. */
  readonly before: number;
  /** Name of the area with what compaction kept of the log; '' for none. */
  readonly kept: string;
  /** Tombstones up to here are gone, whether or not their items are removed yet; the floor may be above it in a space from elsewhere. */
  readonly swept: number;
  /** Name of an append that is stored, but not yet carried out; '' for none. */
  readonly staged: string;
  /** Generations that were erased and may not be removed yet. */
  readonly erased: readonly number[];
}

export const toHead = (item: Item): Head => {
  const row: SpaceRow = JSON.parse(textOf(item, 'row'));
  const erased: number[] = JSON.parse(textOf(item, 'erased'));
  return {
    space: row.key,
    row,
    generation: numberOf(item, 'generation'),
    before: numberOf(item, 'before'),
    kept: textOf(item, 'kept'),
    swept: item.swept === undefined ? row.floor : numberOf(item, 'swept'),
    staged: textOf(item, 'staged'),
    erased,
  };
};

/** Stores a head in the place of one whose `appends` is as expected and which nothing is staged on. */
export const putHead = (head: Head, expectedAppends: number): Write => ({
  Put: {
    Item: {
      pk: text(headKey(head.space).pk),
      sk: text(headKey(head.space).sk),
      appends: number(head.row.appends),
      row: text(JSON.stringify(head.row)),
      generation: number(head.generation),
      before: number(head.before),
      kept: text(head.kept),
      swept: number(head.swept),
      staged: text(head.staged),
      erased: text(JSON.stringify(head.erased)),
    },
    ...(expectedAppends === 0
      ? { ConditionExpression: 'attribute_not_exists(pk)' }
      : {
          ConditionExpression: 'appends = :expected AND staged = :none',
          ExpressionAttributeValues: { ':expected': number(expectedAppends), ':none': text('') },
        }),
  },
});

/** Heads as they were last seen: a guess of where things are, never an answer. */
export interface Heads {
  /** The head as it is now, with nothing staged on it. */
  read(space: string): Promise<Head | undefined>;
  /** The head that had so many appends; undefined where that is no more. */
  at(space: string, appends: number): Promise<Head | undefined>;
  /** As last seen; may be old. */
  guess(space: string): Head | undefined;
  /** Remembers what was read, and carries out what is staged on it; then it must be read again: answers undefined. */
  settle(item: Item): Promise<Head | undefined>;
  note(head: Head): void;
}

const REMEMBERED_MAX = 10_000;
const ROUNDS_MAX = 50;

/** `carryOut` ends an append that is staged. */
export const createHeads = (table: Table, carryOut: (head: Head) => Promise<void>): Heads => {
  const seen = new Map<string, Head>();
  const note = (head: Head): void => {
    seen.delete(head.space);
    seen.set(head.space, head);
    const [oldest] = seen.keys();
    if (seen.size > REMEMBERED_MAX && oldest !== undefined) seen.delete(oldest);
  };
  const settle = async (item: Item): Promise<Head | undefined> => {
    const head = toHead(item);
    if (head.staged !== '') {
      await carryOut(head);
      return undefined;
    }
    note(head);
    return head;
  };
  const read = async (space: string): Promise<Head | undefined> => {
    for (let round = 0; round < ROUNDS_MAX; round++) {
      const item = await table.get(headKey(space));
      if (item === undefined) return undefined;
      const head = await settle(item);
      if (head !== undefined) return head;
    }
    throw new StorageFailure('storage_failed', 'nothing', `Large appends to ${space} followed each other too fast to be read.`);
  };
  return {
    read,
    at: async (space, appends) => {
      const known = seen.get(space);
      if (known?.row.appends === appends) return known;
      const head = await read(space);
      return head?.row.appends === appends ? head : undefined;
    },
    guess: (space) => seen.get(space),
    settle,
    note,
  };
};
