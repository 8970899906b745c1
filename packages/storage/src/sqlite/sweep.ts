import { type Database, emptyLog, row, run } from './database.ts';

/** Pages of the search index that are rewritten in one go (4 KB each), so that no other write waits long. */
const PAGES_AT_ONCE = 250;

/**
 * Prepares what takes away the last traces of a purge; call it again while it answers false. What was deleted is overwritten by
 * `secure_delete`, but for two places: FTS5 only marks words of deleted rows until it rewrites the part of the index that has them
 * (https://sqlite.org/fts5.html, "merge"), and the write-ahead log holds pages as they were. Costs as much as the search index is large.
 */
export const createSweep = (db: Database): ((isFirst: boolean) => boolean) => {
  // Negative: all of the index, as 'optimize' would do at once.
  const rewriteWords = run(db, "INSERT INTO search (search, rank) VALUES ('merge', ?)");
  const totalChanges = row<[number]>(db, 'SELECT total_changes()');
  return (isFirst) => {
    const [before] = totalChanges() ?? [0];
    rewriteWords(isFirst ? -PAGES_AT_ONCE : PAGES_AT_ONCE);
    const [after] = totalChanges() ?? [0];
    if (after - before >= 2) return false;
    emptyLog(db);
    return true;
  };
};
