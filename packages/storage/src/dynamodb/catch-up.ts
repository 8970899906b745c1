import { type LogRow, type RecordRow, type Storage, StorageFailure } from '@tidemark/engine/storage';
import { type Env, SEQ_FIELD } from '@tidemark/protocol';
import { number, numberOf, text, textOf } from './attributes.ts';
import type { DeclaredIndex } from './declared.ts';
import { entriesOf } from './entries.ts';
import type { Head } from './head.ts';
import { headKey, LAST, partitionOf } from './keys.ts';
import { fetchBlobs, rowsAfter } from './log.ts';
import type { Fetched } from './rows.ts';
import { type Item, itemKey, type Key, keyOf, slices, type Table, type Write } from './table.ts';
import { packUnits } from './transactions.ts';

/** How far an index of one space has come. */
export interface Mark {
  /** A rebuild makes a new edition beside the one that is read. */
  readonly edition: string;
  readonly seq: number;
  /** Who is bringing it further in more than one transaction; '' for nobody. */
  readonly claim: string;
}

/** What the index needs to know where entries are. */
export interface At {
  readonly table: Table;
  readonly head: Head;
  readonly index: DeclaredIndex;
}

const RECORDS_AT_ONCE = 500;
const RECORD_BYTES_AT_ONCE = 4 * 1024 * 1024;
/** Entries of a record that has more are not listed; those it loses stay, and are passed over by who reads its record. */
const LISTED_BYTES_MAX = 300_000;

export const markKey = ({ head, index }: At): Key => ({ pk: partitionOf('index', head), sk: index.name });

export const toMark = (item: Item): Mark => ({
  edition: textOf(item, 'edition'),
  seq: numberOf(item, 'seq'),
  claim: textOf(item, 'claim'),
});

export const entrySort = (index: DeclaredIndex, edition: string, entry: string): string => `${index.name}/${edition}/e/${entry}`;
const listSort = (index: DeclaredIndex, edition: string, id: string): string => `${index.name}/${edition}/r/${id}`;

const entryItem = ({ head, index }: At, edition: string, entry: string, id: string): Item => ({
  pk: text(partitionOf('index', head)),
  sk: text(entrySort(index, edition, entry)),
  id: text(id),
});

/** The item that says which entries there are of a record; undefined where there are none, or too many to list. */
const listItem = ({ head, index }: At, edition: string, id: string, entries: readonly string[]): Item | undefined => {
  const printed = JSON.stringify(entries);
  if (entries.length === 0 || Buffer.byteLength(printed) > LISTED_BYTES_MAX) return undefined;
  return { pk: text(partitionOf('index', head)), sk: text(listSort(index, edition, id)), entries: text(printed) };
};

const fieldsOf = ({ fieldsJson, seq }: Pick<LogRow, 'fieldsJson' | 'seq'>) => ({ ...JSON.parse(fieldsJson ?? '{}'), [SEQ_FIELD]: seq });

/** What brings the entries of one record from `listed` to what its state asks for. Its list goes first and comes last. */
const writesFor = (at: At, edition: string, row: LogRow, listed: readonly string[]): Write[] => {
  const wanted = row.deleted ? [] : entriesOf(fieldsOf(row), at.index, row.id);
  const pk = partitionOf('index', at.head);
  const remove = (sk: string): Write => ({ Delete: { Key: keyOf({ pk, sk }) } });
  const gone = listed.filter((entry) => !wanted.includes(entry)).map((entry) => remove(entrySort(at.index, edition, entry)));
  const come = wanted
    .filter((entry) => !listed.includes(entry))
    .map((entry) => ({ Put: { Item: { ...entryItem(at, edition, entry, row.id) } } }));
  if (gone.length + come.length === 0) return [];
  const list = listItem(at, edition, row.id, wanted);
  const listing = list === undefined ? remove(listSort(at.index, edition, row.id)) : { Put: { Item: { ...list } } };
  return [...gone, ...come, listing];
};

const unlist = (at: At, edition: string, id: string): Write => ({
  Delete: { Key: keyOf({ pk: partitionOf('index', at.head), sk: listSort(at.index, edition, id) }) },
});

/** The newest changes of the records of the index's collection since its mark, and how far the log was read for them. */
const changesSince = async ({ table, head, index }: At, seq: number): Promise<{ rows: LogRow[]; reached: number }> => {
  const newest = new Map<string, Fetched<LogRow>>();
  let reached = seq;
  for await (const fetched of rowsAfter(table, head, seq)) {
    reached = fetched.row.seq;
    if (fetched.row.collection === index.collection) newest.set(fetched.row.id, fetched);
  }
  const rows = await fetchBlobs(table, head, [...newest.values()]);
  if (rows === undefined)
    throw new StorageFailure('storage_failed', 'nothing', `A change of ${head.space} was compacted while it was indexed.`);
  return { rows, reached };
};

const listedOf = async ({ table, head, index }: At, edition: string, rows: readonly LogRow[]): Promise<Map<string, string[]>> => {
  const pk = partitionOf('index', head);
  const items = await table.getAll(rows.map(({ id }) => ({ pk, sk: listSort(index, edition, id) })));
  return new Map(items.map((item) => [itemKey(item).sk, JSON.parse(textOf(item, 'entries'))]));
};

const moveMark = (at: At, from: Mark, to: Mark): Write => ({
  Update: {
    Key: keyOf(markKey(at)),
    UpdateExpression: 'SET seq = :seq, claim = :claim',
    ConditionExpression: 'edition = :edition AND seq = :old AND claim = :held',
    ExpressionAttributeValues: {
      ':edition': text(from.edition),
      ':old': number(from.seq),
      ':held': text(from.claim),
      ':seq': number(to.seq),
      ':claim': text(to.claim),
    },
  },
});

/**
 * Follows the log from the mark. What fits into one transaction with the mark is one. What does not is claimed first, and each
 * transaction holds only while the claim does: whoever was overtaken writes nothing any more.
 */
const follow = async (at: At, mark: Mark, env: Env): Promise<void> => {
  const { table, index } = at;
  const { rows, reached } = await changesSince(at, mark.seq);
  const lists = async () => {
    const listed = await listedOf(at, mark.edition, rows);
    return packUnits(
      rows.map((row) => {
        const writes = writesFor(at, mark.edition, row, listed.get(listSort(index, mark.edition, row.id)) ?? []);
        return writes.length < 99 ? writes : [unlist(at, mark.edition, row.id), ...writes];
      }),
    );
  };
  const done = { ...mark, seq: reached, claim: '' };
  if (mark.claim === '') {
    const [only = [], ...more] = await lists();
    if (more.length === 0) return void (await table.transact([moveMark(at, mark, done), ...only]));
  }
  const claimed = { ...mark, claim: env.uuid() };
  if (!(await table.transact([moveMark(at, mark, claimed)]))) return;
  const check = {
    Key: keyOf(markKey(at)),
    ConditionExpression: 'claim = :held',
    ExpressionAttributeValues: { ':held': text(claimed.claim) },
  };
  for (const writes of await lists()) if (!(await table.transact([{ ConditionCheck: check }, ...writes]))) return;
  await table.transact([moveMark(at, claimed, done)]);
};

/** Makes an edition from the records as they are; those that change meanwhile are followed by the log, from the head of before. */
const rebuild = async (at: At, old: Mark | undefined, readRecords: Storage['readRecords'], env: Env): Promise<void> => {
  const { table, head, index } = at;
  const edition = env.uuid();
  let last: RecordRow | undefined;
  do {
    const { collection } = index;
    const page = { collection, limit: RECORDS_AT_ONCE, bytesMax: RECORD_BYTES_AT_ONCE, ...(last === undefined ? {} : { after: last }) };
    const rows = await readRecords(head.space, page);
    const items = rows.flatMap((row) => {
      const entries = entriesOf(fieldsOf(row), index, row.id);
      return [...entries.map((entry) => entryItem(at, edition, entry, row.id)), listItem(at, edition, row.id, entries)];
    });
    await table.writeAll(
      items.filter((item) => item !== undefined),
      [],
    );
    last = rows.at(-1);
  } while (last !== undefined);
  const mark = { pk: text(markKey(at).pk), sk: text(index.name), edition: text(edition), seq: number(head.row.head), claim: text('') };
  const isSame = old === undefined ? 'attribute_not_exists(pk)' : 'edition = :old';
  const isStored = await table.transact([
    {
      ConditionCheck: {
        Key: keyOf(headKey(head.space)),
        ConditionExpression: 'generation = :generation',
        ExpressionAttributeValues: { ':generation': number(head.generation) },
      },
    },
    {
      Put: {
        Item: mark,
        ConditionExpression: isSame,
        ...(old === undefined ? {} : { ExpressionAttributeValues: { ':old': text(old.edition) } }),
      },
    },
  ]);
  const unused = isStored ? old?.edition : edition;
  if (unused !== undefined) await removeEdition(at, unused);
};

const removeEdition = async ({ table, head, index }: At, edition: string): Promise<void> => {
  const keys: Key[] = [];
  const prefix = `${index.name}/${edition}/`;
  for await (const item of table.query({ pk: partitionOf('index', head), from: prefix, to: `${prefix}${LAST}`, keysOnly: true }))
    keys.push(itemKey(item));
  for (const some of slices(keys, RECORDS_AT_ONCE)) await table.writeAll([], some);
};

/** Brings one index of one space further, at best to the head; the caller looks whether it got there. */
export const catchUp = async (at: At, mark: Mark | undefined, readRecords: Storage['readRecords'], env: Env): Promise<void> => {
  if (mark === undefined || mark.seq < at.head.row.floor) await rebuild(at, mark, readRecords, env);
  else await follow(at, mark, env);
};
