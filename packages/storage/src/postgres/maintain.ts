import type { SpaceRow } from '@tidemark/engine/storage';
import { REPLACE_SPACE, replaceValues } from './append.ts';
import type { Database, Statements } from './database.ts';

interface Replacement {
  readonly space: SpaceRow;
  readonly expectedAppends: number;
}

const replaceSpace = async ({ rows }: Statements, { space, expectedAppends }: Replacement): Promise<number | undefined> => {
  const [replaced] = await rows<[number]>(REPLACE_SPACE, replaceValues(space, expectedAppends));
  return replaced?.[0];
};

/** See the port. Indexes that had not reached the floor are rebuilt when they are asked for. */
export const compact = (db: Database, batch: Replacement): Promise<'stored' | 'head_moved'> =>
  db.transaction(async (statements) => {
    const number = await replaceSpace(statements, batch);
    if (number === undefined) return 'head_moved';
    const at = [number, batch.space.floor];
    await statements.rows(
      `DELETE FROM tidemark.log l USING (
         SELECT seq, deleted, row_number() OVER (PARTITION BY collection, id ORDER BY seq DESC) AS place
         FROM tidemark.log WHERE space = $1 AND seq <= $2) o
       WHERE l.space = $1 AND l.seq = o.seq AND l.seq < $2 AND (o.deleted OR o.place > 1)`,
      at,
    );
    await statements.rows('UPDATE tidemark.log SET fields = NULL WHERE space = $1 AND seq = $2 AND deleted', at);
    await statements.rows('DELETE FROM tidemark.records WHERE space = $1 AND deleted AND seq <= $2', at);
    return 'stored';
  });

/** See the port. */
export const erase = (db: Database, batch: Replacement): Promise<'stored' | 'head_moved'> =>
  db.transaction(async (statements) => {
    const number = await replaceSpace(statements, batch);
    if (number === undefined) return 'head_moved';
    for (const table of ['log', 'records', 'receipts', 'clients', 'entries', 'words', 'indexed'])
      await statements.rows(`DELETE FROM tidemark.${table} WHERE space = $1`, [number]);
    return 'stored';
  });
