import type { IndexValue, QueryPlan, RecordRow, Storage } from '@tidemark/engine/storage';
import { encodeKey, endOf } from '../indexes/index-key.ts';
import { type Served, servedBy } from '../indexes/served-by.ts';
import { type RecordTuple, toRecord } from '../sql/tuples.ts';
import { catchUp, KEY_HEAD_BYTES } from './catch-up.ts';
import type { Database, SqlValue } from './database.ts';
import type { DeclaredIndex } from './declare-indexes.ts';
import { RECORD_COLUMNS } from './rows.ts';
import { queryOf } from './words.ts';

/** A space that is written faster than its indexes follow: after so many rounds a query gives up. */
const ROUNDS_MAX = 50;

/** Builds a statement: `value` numbers a parameter and answers its place. */
const createSql = () => {
  const values: SqlValue[] = [];
  const value = (given: SqlValue): string => `$${values.push(given)}`;
  return { values, value };
};

type Sql = ReturnType<typeof createSql>;

const textOnly = (id: IndexValue): string => {
  if (typeof id !== 'string') throw new Error('A bound on ids is not a string; planQuery refuses such a query.');
  return id;
};

/** Conditions go over ids alone. */
const idBounds = (sql: Sql, { equals, range = {}, after, direction }: QueryPlan): string[] => {
  const bounds = equals.map((id) => `r.id = ${sql.value(textOnly(id))}`);
  const add = (operator: string, id: IndexValue | undefined) => {
    if (id !== undefined) bounds.push(`r.id ${operator} ${sql.value(textOnly(id))}`);
  };
  add('>', range.gt);
  add('>=', range.gte);
  add('<', range.lt);
  add('<=', range.lte);
  add(direction === 'asc' ? '>' : '<', after?.id);
  return bounds;
};

/** The bounds of a plan as bounds on encoded keys; those on their heads, which the b-tree serves, follow from them. */
const keyBounds = (sql: Sql, { equals, range = {}, after, direction }: QueryPlan): string[] => {
  const bounds: string[] = [];
  const add = (operator: '<' | '<=' | '>' | '>=', key: Uint8Array) => {
    const head = sql.value(key.subarray(0, KEY_HEAD_BYTES));
    bounds.push(`e.head ${operator.startsWith('<') ? '<=' : '>='} ${head}`, `e.key ${operator} ${sql.value(key)}`);
  };
  const start = encodeKey(equals);
  add('>=', start);
  add('<', endOf(start));
  if (range.gt !== undefined) add('>=', endOf(encodeKey([...equals, range.gt])));
  if (range.gte !== undefined) add('>=', encodeKey([...equals, range.gte]));
  if (range.lt !== undefined) add('<', encodeKey([...equals, range.lt]));
  if (range.lte !== undefined) add('<', endOf(encodeKey([...equals, range.lte])));
  if (after !== undefined) add(direction === 'asc' ? '>' : '<', encodeKey([...after.values, after.id]));
  return bounds;
};

const recordsOf = (sql: Sql, space: number, plan: QueryPlan, { order, search }: Served<DeclaredIndex>): string => {
  const place = sql.value(space);
  const direction = plan.direction === 'asc' ? 'ASC' : 'DESC';
  const where = [`r.space = ${place}`, `r.collection = ${sql.value(plan.collection)}`, 'NOT r.deleted'];
  const from = ['tidemark.records r'];
  if (order !== undefined) {
    from.push('tidemark.entries e');
    where.push(`e.space = ${place}`, `e.index = ${sql.value(order.number)}`, 'r.id = e.id', ...keyBounds(sql, plan));
    const fields = Math.min(plan.equals.length + (plan.range === undefined ? 0 : 1), plan.index.length);
    if (fields > 0) where.push(`e.unindexed & ${sql.value(2 ** fields - 1)} = 0`);
  } else where.push(...idBounds(sql, plan));
  if (search !== undefined) {
    from.push('tidemark.words w');
    const words = sql.value(queryOf(space, search.number, plan.words ?? []));
    where.push(`w.space = ${place}`, `w.index = ${sql.value(search.number)}`, 'w.id = r.id', `w.words @@ ${words}::tsquery`);
  }
  const by = order === undefined ? `r.id ${direction}` : `e.head ${direction}, e.key ${direction}`;
  return `SELECT ${RECORD_COLUMNS} FROM ${from.join(', ')} WHERE ${where.join(' AND ')} ORDER BY ${by} LIMIT ${sql.value(plan.limit)}`;
};

/**
 * Answers query plans. The indexes it reads must stand at the head of the log in the very moment of the query, so both are asked of
 * one snapshot; where they lag behind they catch up, and it asks again.
 */
export const createQuery =
  (db: Database, declared: readonly DeclaredIndex[]): Storage['query'] =>
  async (key, plan): Promise<RecordRow[]> => {
    for (let round = 0; round < ROUNDS_MAX; round++) {
      const answer = await db.transaction(async ({ rows }): Promise<RecordRow[] | readonly DeclaredIndex[]> => {
        const [at] = await rows<[number, number, string]>('SELECT number::float8, head::float8, app FROM tidemark.spaces WHERE key = $1', [
          key,
        ]);
        if (at === undefined) return [];
        const [space, head, app] = at;
        const served = servedBy(declared, app, plan);
        const needed = [served.order, served.search].filter((index) => index !== undefined);
        const reached = await rows<[number, number]>(
          'SELECT index::float8, seq::float8 FROM tidemark.indexed WHERE space = $1 AND index = ANY ($2::bigint[])',
          [space, needed.map(({ number }) => number)],
        );
        const behind = needed.filter(({ number }) => (reached.find(([index]) => index === number)?.[1] ?? 0) < head);
        if (behind.length > 0) return behind;
        const sql = createSql();
        const text = recordsOf(sql, space, plan, served);
        return (await rows<RecordTuple>(text, sql.values)).map(toRecord);
      }, 'REPEATABLE READ');
      if (!isBehind(answer)) return answer;
      for (const index of answer) await catchUp(db, key, index);
    }
    throw new Error(`The indexes of ${key} did not catch up with its writers.`);
  };

const isBehind = (answer: RecordRow[] | readonly DeclaredIndex[]): answer is readonly DeclaredIndex[] =>
  answer[0] !== undefined && 'kind' in answer[0];
