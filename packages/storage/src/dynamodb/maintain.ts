import type { LogRow, SpaceRow } from '@tidemark/engine/storage';
import type { Env } from '@tidemark/protocol';
import { number, text } from './attributes.ts';
import { type Head, type Heads, putHead } from './head.ts';
import { headKey, KINDS, LAST, pad, partitionOf, recordSort } from './keys.ts';
import { rowsAfter } from './log.ts';
import { packLog } from './log-parts.ts';
import { blobKeys, type Fetched, recordKeyOf } from './rows.ts';
import { itemKey, type Key, keyOf, type Range, type Table } from './table.ts';

interface Replacement {
  readonly space: SpaceRow;
  readonly expectedAppends: number;
}

const REMOVED_AT_ONCE = 1_000;

const removeRange = async (table: Table, range: Range): Promise<void> => {
  let keys: Key[] = [];
  for await (const item of table.query({ ...range, keysOnly: true })) {
    keys.push(itemKey(item));
    if (keys.length < REMOVED_AT_ONCE) continue;
    await table.writeAll([], keys);
    keys = [];
  }
  await table.writeAll([], keys);
};

/** Removes what is left of erased generations. Until that is done the head names them, so that a later turn goes on. */
const removeErased = async (table: Table, head: Head): Promise<void> => {
  if (head.erased.length === 0) return;
  for (const generation of head.erased)
    for (const kind of KINDS)
      await removeRange(table, { pk: partitionOf(kind, { space: head.space, generation }), from: '\u0001', to: LAST });
  const { pk, sk } = headKey(head.space);
  await table.transact([
    {
      Update: {
        Key: keyOf({ pk, sk }),
        UpdateExpression: 'SET erased = :none',
        ConditionExpression: 'erased = :these',
        ExpressionAttributeValues: { ':none': text('[]'), ':these': text(JSON.stringify(head.erased)) },
      },
    },
  ]);
};

interface Survey {
  /** What the log keeps up to the floor, in order. */
  readonly kept: readonly Fetched<LogRow>[];
  readonly dropped: readonly Fetched<LogRow>[];
  readonly tombstones: readonly LogRow[];
}

const survey = async (table: Table, head: Head, floor: number): Promise<Survey> => {
  const rows: Fetched<LogRow>[] = [];
  for await (const fetched of rowsAfter(table, head, 0)) {
    if (fetched.row.seq > floor) break;
    rows.push(fetched);
  }
  const newest = new Map(rows.map((fetched) => [recordSort(fetched.row), fetched]));
  const stays = (fetched: Fetched<LogRow>) => !fetched.row.deleted && newest.get(recordSort(fetched.row)) === fetched;
  const bare = ({ row }: Fetched<LogRow>): Fetched<LogRow> => ({ row: { ...row, fieldsJson: null }, blob: 0 });
  return {
    kept: rows
      .filter((fetched) => stays(fetched) || fetched.row.seq === floor)
      .map((fetched) => (stays(fetched) ? fetched : bare(fetched))),
    dropped: rows.filter((fetched) => !stays(fetched)),
    tombstones: [...newest.values()].filter(({ row }) => row.deleted).map(({ row }) => row),
  };
};

/** Removes what nobody can see since the floor was raised. Where it ends early, only room is lost until the space is erased. */
const sweep = async (table: Table, before: Head, floor: number, { dropped, tombstones }: Survey): Promise<void> => {
  if (before.kept !== '')
    await removeRange(table, { pk: partitionOf('kept', before), from: `${before.kept}/`, to: `${before.kept}/${LAST}` });
  await removeRange(table, { pk: partitionOf('log', before), from: pad(0), to: pad(floor) });
  await table.writeAll(
    [],
    dropped.flatMap(({ row, blob }) => blobKeys(before, row.seq, blob)),
  );
  for (const row of tombstones)
    await table.transact([
      {
        Delete: {
          Key: keyOf(recordKeyOf(before, row)),
          ConditionExpression: 'deleted = :true AND seq <= :floor',
          ExpressionAttributeValues: { ':true': { BOOL: true }, ':floor': number(floor) },
        },
      },
    ]);
};

/**
 * Raises the floor: writes what stays of the log up to it into an area of its own, then moves the head, which makes that area and the
 * floor valid at once, then removes what was below.
 */
export const createCompact =
  (table: Table, heads: Heads, env: Env) =>
  async ({ space, expectedAppends }: Replacement): Promise<'stored' | 'head_moved'> => {
    const before = await heads.at(space.key, expectedAppends);
    if (before === undefined) return 'head_moved';
    const found = await survey(table, before, space.floor);
    const area = env.uuid();
    const pk = partitionOf('kept', before);
    await table.writeAll(packLog(pk, `${area}/`, found.kept), []);
    const head = { ...before, row: space, kept: area, swept: space.floor };
    if (!(await table.transact([putHead(head, expectedAppends)]))) {
      await removeRange(table, { pk, from: `${area}/`, to: `${area}/${LAST}` });
      return 'head_moved';
    }
    heads.note(head);
    await sweep(table, before, space.floor, found);
    await removeErased(table, head);
    return 'stored';
  };

/** Goes on in the next generation, which is empty, and removes the last. */
export const createErase =
  (table: Table, heads: Heads) =>
  async ({ space, expectedAppends }: Replacement): Promise<'stored' | 'head_moved'> => {
    const before = await heads.at(space.key, expectedAppends);
    if (before === undefined) return 'head_moved';
    const erased = [...before.erased, before.generation];
    const head: Head = {
      space: space.key,
      row: space,
      generation: expectedAppends + 1,
      before: space.head,
      kept: '',
      swept: 0,
      staged: '',
      erased,
    };
    if (!(await table.transact([putHead(head, expectedAppends)]))) return 'head_moved';
    heads.note(head);
    await removeErased(table, head);
    return 'stored';
  };
