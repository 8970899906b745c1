import { type FoundRecord, type IndexValue, type QueryPlan, queryRecords } from '@tidemark/engine/storage';
import { matchesSearch } from '@tidemark/protocol';
import { encodeKey, endOf } from '../indexes/index-key.ts';
import { type Database, row, rows, type SqlValue } from './database.ts';
import { type IndexCatalogue, indexesOf } from './indexing.ts';
import { FOUND_COLUMNS, type FoundTuple, RECORD_CHANGE, toFound } from './rows.ts';
import { matchExpression } from './search-words.ts';

const FEW_MATCHES_MAX = 500;
const COMMON_LOOKED_AT = 500;

/** A piece of SQL and its parameters. */
interface Sql {
  readonly text: string;
  readonly values: readonly SqlValue[];
}

const both = (conditions: readonly Sql[]): Sql => ({
  text: conditions.map((one) => one.text).join(' AND '),
  values: conditions.flatMap((one) => one.values),
});

/** A bound on encoded keys: it starts with this one, or right behind it. */
interface Bound {
  readonly key: Uint8Array;
  readonly open: boolean;
}

/** The bound that leaves less: `sign` is 1 among lower ones, -1 among upper ones. */
const tightest = (bounds: readonly Bound[], sign: 1 | -1): Bound | undefined =>
  bounds.reduce((best: Bound | undefined, one) => {
    const order = best === undefined ? 1 : Buffer.compare(one.key, best.key) * sign;
    return order > 0 || (order === 0 && one.open) ? one : best;
  }, undefined);

/**
 * The bounds of a plan as one lower and one upper bound on encoded keys. Of two on one side SQLite seeks to whichever it likes, and
 * walks from there: with the place to go on after as the second, each page would read all pages before it again.
 */
const keyBounds = (column: string, plan: QueryPlan, encode: (values: readonly IndexValue[]) => Uint8Array): Sql[] => {
  const { equals, range = {}, after, direction } = plan;
  const start = encode(equals);
  const at = (value: IndexValue): Uint8Array => encode([...equals, value]);
  const lower: Bound[] = [{ key: start, open: false }];
  const upper: Bound[] = [{ key: endOf(start), open: true }];
  if (range.gt !== undefined) lower.push({ key: endOf(at(range.gt)), open: false });
  if (range.gte !== undefined) lower.push({ key: at(range.gte), open: false });
  if (range.lt !== undefined) upper.push({ key: at(range.lt), open: true });
  if (range.lte !== undefined) upper.push({ key: endOf(at(range.lte)), open: true });
  if (after !== undefined) (direction === 'asc' ? lower : upper).push({ key: encode([...after.values, after.id]), open: true });
  const [from, to] = [tightest(lower, 1), tightest(upper, -1)];
  return [
    ...(from === undefined ? [] : [{ text: `${column} ${from.open ? '>' : '>='} ?`, values: [from.key] }]),
    ...(to === undefined ? [] : [{ text: `${column} < ?`, values: [to.key] }]),
  ];
};

/** Conditions go over ids alone; they are strings, so only strings can bound them. */
const idBounds = (plan: QueryPlan): Sql[] => {
  const { equals, range = {}, after } = plan;
  const bounds: Sql[] = equals.map((id) => ({ text: 'r.id = ?', values: [textOnly(id)] }));
  const add = (operator: string, id: IndexValue | undefined) => {
    if (id !== undefined) bounds.push({ text: `r.id ${operator} ?`, values: [textOnly(id)] });
  };
  add('>', range.gt);
  add('>=', range.gte);
  add('<', range.lt);
  add('<=', range.lte);
  add(plan.direction === 'asc' ? '>' : '<', after?.id);
  return bounds;
};

const textOnly = (id: IndexValue): string => {
  if (typeof id !== 'string') throw new Error('A bound on ids is not a string; planQuery refuses such a query.');
  return id;
};

/**
 * Answers query plans. By a declared index: a range of its entries, in order, and the record of each. By id: a range
 * of the records themselves. With words: those the index of words names; where there is a declared index too, its
 * entries are walked and those without the words left out.
 */
export const queryReader = (db: Database, catalogue: IndexCatalogue) => {
  const spaceOf = row<[number, string]>(db, 'SELECT number, app FROM spaces WHERE key = ?');
  // By text, of which there are few: it differs by bounds, direction and search only, never by values.
  const prepared = new Map<string, (...values: SqlValue[]) => FoundTuple[]>();
  const all = ({ text, values }: Sql): FoundTuple[] => {
    const statement = prepared.get(text) ?? rows<FoundTuple>(db, text);
    prepared.set(text, statement);
    return statement(...values);
  };
  return (key: string, plan: QueryPlan): FoundRecord[] => {
    const [space, app] = spaceOf(key) ?? [0, ''];
    if (space === 0) return [];
    const indexes = indexesOf(catalogue, app, plan.collection);
    const common = commonMatches(all, space, plan, indexes);
    if (common !== undefined) return common;
    const found = (tuple: FoundTuple): FoundRecord => toFound(plan.collection, tuple);
    const few = fewMatches(all, space, plan, indexes);
    return few === undefined ? all(querySql(space, plan, indexes)).map(found) : queryRecords(few.map(found), plan);
  };
};

/**
 * A page of words that many records hold: it is full after a few records in the order asked for, and the index of words, which
 * would list all that hold them first, is not asked. Undefined where that many records do not fill the page.
 */
const commonMatches = (
  all: (sql: Sql) => FoundTuple[],
  space: number,
  plan: QueryPlan,
  indexes: ReturnType<typeof indexesOf>,
): FoundRecord[] | undefined => {
  const { words = [], searchFields = [], ...anyWords } = plan;
  if (words.length === 0 || plan.limit > COMMON_LOOKED_AT) return undefined;
  const rows = all(querySql(space, { ...anyWords, limit: COMMON_LOOKED_AT }, indexes)).map((tuple) => toFound(plan.collection, tuple));
  const found = rows.filter(({ fieldsJson }) => matchesSearch(JSON.parse(fieldsJson), searchFields, words));
  return found.length >= plan.limit || rows.length < COMMON_LOOKED_AT ? found.slice(0, plan.limit) : undefined;
};

/**
 * Every record that holds the words, where there are few of them and an index gives the order: to sort those is quicker
 * than to walk an index in which hardly any entry holds the words. Undefined where there are many, or the order is by id.
 */
const fewMatches = (
  all: (sql: Sql) => FoundTuple[],
  space: number,
  plan: QueryPlan,
  indexes: ReturnType<typeof indexesOf>,
): FoundTuple[] | undefined => {
  const { words = [], index } = plan;
  if (words.length === 0 || index.length === 0) return undefined;
  const { after: _, range: __, ...anyOrder } = plan;
  const matches = all(querySql(space, { ...anyOrder, index: [], equals: [], limit: FEW_MATCHES_MAX + 1 }, indexes, ''));
  return matches.length > FEW_MATCHES_MAX ? undefined : matches;
};

/** The statement of a plan; split off so that a test can ask SQLite how it would go about it. */
export const querySql = (
  space: number,
  plan: QueryPlan,
  indexes: ReturnType<typeof indexesOf>,
  order = `ORDER BY r.id ${plan.direction === 'asc' ? 'ASC' : 'DESC'}`,
): Sql => {
  const direction = plan.direction === 'asc' ? 'ASC' : 'DESC';
  const words = plan.words ?? [];
  const search = words.length === 0 ? undefined : indexes.find((index) => index.kind === 'search');
  if (words.length > 0 && search === undefined) throw new Error(`Collection ${plan.collection} declares no search.`);
  const expression = search === undefined ? '' : matchExpression(words, space, search.number);

  if (plan.index.length === 0) {
    const from = search === undefined ? 'records r' : 'search CROSS JOIN records r ON r.number = search.rowid';
    const where = both([
      ...(search === undefined ? [] : [{ text: 'search MATCH ?', values: [expression] }]),
      { text: 'r.space = ? AND r.collection = ? AND r.deleted = 0', values: [space, plan.collection] },
      ...idBounds(plan),
    ]);
    return {
      text: `SELECT ${FOUND_COLUMNS} FROM ${from} ${RECORD_CHANGE} WHERE ${where.text} ${order} LIMIT ?`,
      values: [...where.values, plan.limit],
    };
  }
  const index = indexes.find((one) => one.kind === 'order' && one.fields.join('\u0000') === plan.index.join('\u0000'));
  if (index === undefined) throw new Error(`Collection ${plan.collection} declares no index (${plan.index.join(', ')}).`);
  const conditionFields = Math.min(plan.equals.length + (plan.range === undefined ? 0 : 1), plan.index.length);
  const where = both([
    { text: 'e.space = ? AND e.indexNumber = ?', values: [space, index.number] },
    ...keyBounds('e.key', plan, encodeKey),
    ...(conditionFields === 0 ? [] : [{ text: 'e.unindexed & ? = 0', values: [2 ** conditionFields - 1] }]),
    ...(search === undefined ? [] : [{ text: 'e.record IN (SELECT rowid FROM search WHERE search MATCH ?)', values: [expression] }]),
  ]);
  return {
    text: `SELECT ${FOUND_COLUMNS} FROM entries e CROSS JOIN records r ON r.number = e.record ${RECORD_CHANGE}
      WHERE ${where.text} ORDER BY e.key ${direction} LIMIT ?`,
    values: [...where.values, plan.limit],
  };
};
