import type { Append } from '@tidemark/engine/storage';
import type { Env } from '@tidemark/protocol';
import { text } from './attributes.ts';
import { type Head, type Heads, putHead } from './head.ts';
import { headKey, type Place, partitionOf, SPACES } from './keys.ts';
import { packLog } from './log-parts.ts';
import { blobItems, clientUpdate, receiptItem, recordItem, toFetched } from './rows.ts';
import { removeStaged, stage } from './stage.ts';
import type { Item, Table, Write } from './table.ts';
import { fits, packUnits } from './transactions.ts';

const put = (item: Item): Write => ({ Put: { Item: { ...item } } });

/** What an append writes beside the head: the log in parts, large fields once, records, receipts and clients one by one. */
export const writesOf = (place: Pick<Head, keyof Place | 'kept'>, batch: Append): Write[] => {
  const { floor } = batch.space;
  const fetched = batch.changes.map(toFetched);
  const above = fetched.filter(({ row }) => row.seq > floor);
  const below = fetched.filter(({ row }) => row.seq <= floor);
  const log = [...packLog(partitionOf('kept', place), `${place.kept}/`, below), ...packLog(partitionOf('log', place), '', above)];
  const blobs = batch.changes.flatMap((change) => blobItems(place, change));
  return [
    ...[...log, ...blobs].map(put),
    ...batch.records.map((row) => put(recordItem(place, row))),
    ...batch.receipts.map((row) => put(receiptItem(place, row))),
    ...batch.clients.map((client) => clientUpdate(place, client, batch.space.appends)),
  ];
};

/** The head that an append leaves, from the one that it found. `area` is a name for what of the log lies below the floor. */
const nextHead = ({ space, expectedAppends, changes }: Append, found: Head | undefined, staged: string, area: string): Head => {
  // Refusals only: what a snapshot has to wait for is still the append before.
  const before = (changes.length === 0 ? found?.before : found?.row.head) ?? 0;
  const isBelow = (changes[0]?.seq ?? Number.POSITIVE_INFINITY) <= space.floor;
  const kept = found?.kept || (isBelow ? area : '');
  if (found !== undefined) return { ...found, row: space, before, kept, staged };
  return { space: space.key, row: space, generation: expectedAppends + 1, before, kept, swept: 0, staged, erased: [] };
};

/** Ends an append whose head is stored: writes the rest of it, in as many transactions as it takes, and says that it is done. */
export const carryOut = async (table: Table, head: Head, batch: Append): Promise<void> => {
  const { pk, sk } = headKey(head.space);
  const still = {
    Key: { pk: text(pk), sk: text(sk) },
    ConditionExpression: 'staged = :staged',
    ExpressionAttributeValues: { ':staged': text(head.staged) },
  };
  // Each only while the append is not done: whoever comes late must not write over what followed it.
  for (const writes of packUnits(writesOf(head, batch).map((write) => [write]))) {
    if (!(await table.transact([{ ConditionCheck: still }, ...writes]))) return;
  }
  const done = {
    ...still,
    UpdateExpression: 'SET staged = :none',
    ExpressionAttributeValues: { ':staged': text(head.staged), ':none': text('') },
  };
  if (await table.transact([{ Update: done }])) await removeStaged(table, head, head.staged);
};

/**
 * Compare-and-append. What fits is one transaction. What does not is laid down aside first, becomes valid as a whole by the one write
 * of the head that names it, and is then carried out: by this process, or by whoever reads the head next.
 */
export const createAppend =
  (table: Table, heads: Heads, env: Env) =>
  async (batch: Append): Promise<'stored' | 'head_moved'> => {
    const { expectedAppends, space } = batch;
    const found = expectedAppends === 0 ? undefined : await heads.at(space.key, expectedAppends);
    if (found === undefined && expectedAppends > 0) return 'head_moved';
    const listed = expectedAppends === 0 ? [put({ pk: text(SPACES), sk: text(space.key), app: text(space.app) })] : [];
    const area = env.uuid();
    const head = nextHead(batch, found, '', area);
    const whole = [putHead(head, expectedAppends), ...listed, ...writesOf(head, batch)];
    if (fits(whole)) {
      if (!(await table.transact(whole))) return 'head_moved';
      heads.note(head);
      return 'stored';
    }
    const name = await stage(table, head, batch, env.uuid());
    // Nobody gets to see this head before all of the append is in sight, so no snapshot has to wait for its records.
    const staged = { ...nextHead(batch, found, name, area), before: space.head };
    if (!(await table.transact([putHead(staged, expectedAppends), ...listed]))) {
      await removeStaged(table, staged, name);
      return 'head_moved';
    }
    // It is stored from here on; where this process cannot carry it out, the next reader does.
    await carryOut(table, staged, batch).catch(() => {});
    return 'stored';
  };
