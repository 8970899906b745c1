import type { PullPage } from '../engine.ts';
import type { LogRow, RecordRow } from '../storage/storage.ts';

/** One record as JSON text; its fields go in as they are stored. */
export const printRecord = (row: RecordRow | LogRow): string => {
  const { collection, id, seq, revision, updatedAt, schemaVersion } = row;
  // By hand: an object made to be printed once costs more than the printing.
  const names = `"collection":${JSON.stringify(collection)},"id":${JSON.stringify(id)}`;
  const head = `{${names},"seq":${seq},"revision":${revision},"updatedAt":${updatedAt},"schemaVersion":${schemaVersion}`;
  return row.deleted ? `${head},"deleted":true}` : `${head},"fields":${row.fieldsJson}}`;
};

/** A pull page as JSON text, without parsing any record. */
export const printPull = (page: PullPage): string => {
  const { rows, ...rest } = page;
  return `{"changes":[${rows.map(printRecord).join(',')}],${JSON.stringify(rest).slice(1)}`;
};
