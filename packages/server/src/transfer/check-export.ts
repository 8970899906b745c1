import type { LogRow, RecordRow } from '@tidemark/engine';
import { type AppDefinition, CONFLICTS } from '@tidemark/protocol';
import { conflictFieldsSchema } from './conflict-fields.ts';
import type { Manifest } from './export-format.ts';
import { type ExportSource, readExport } from './read-export.ts';

/** A problem and the line (from 1) of the file that it is about. */
export interface FileProblem {
  readonly line: number;
  readonly problem: string;
}

/** What an export file holds, or all that is wrong with it. `importId` is its checksum: the same file has the same one. */
export type CheckedExport =
  | { readonly sound: true; readonly manifest: Manifest; readonly importId: string; readonly records: number }
  | { readonly sound: false; readonly problems: readonly FileProblem[] };

/** Problems that are kept; a file of 64 MiB can have millions. */
const PROBLEMS_MAX = 1_000;

/** What is wrong with a collection, an id or a schemaVersion that the file names. */
const namesFault = (
  app: AppDefinition,
  { collection, schemaVersion }: Pick<RecordRow, 'collection' | 'schemaVersion'>,
): string | undefined => {
  if (collection !== CONFLICTS && !Object.hasOwn(app.collections, collection))
    return `UNKNOWN_COLLECTION: the app ${app.name} has no collection ${collection}`;
  if (schemaVersion > app.schemaVersion) return `SCHEMA_AHEAD: schemaVersion ${schemaVersion}; this Tidemark knows ${app.schemaVersion}`;
  return undefined;
};

/** A conflict is written by the server alone, which trusts its form. */
const conflictFault = ({ collection, deleted, fieldsJson }: Pick<LogRow, 'collection' | 'deleted' | 'fieldsJson'>): string | undefined => {
  if (collection !== CONFLICTS || deleted || fieldsJson === null) return undefined;
  const read = conflictFieldsSchema.safeParse(JSON.parse(fieldsJson));
  return read.success
    ? undefined
    : `a conflict with ${read.error.issues.map(({ path, message }) => `${path.join('.')}: ${message}`).join('; ')}`;
};

/** Reads the whole file and checks what can be told without a database: form, checksums, app, collections, schemaVersions, repeated ids. */
export const checkExport = async (source: ExportSource, app: AppDefinition): Promise<CheckedExport> => {
  const problems: FileProblem[] = [];
  const seenAt = new Map<string, number>();
  let manifest: Manifest | undefined;
  let importId: string | undefined;
  let records = 0;
  const once = (collection: string, id: string, line: number): string | undefined => {
    const key = JSON.stringify([collection, id]);
    const before = seenAt.get(key);
    if (before === undefined) seenAt.set(key, line);
    return before === undefined ? undefined : `the same record stands in line ${before}`;
  };
  for await (const item of readExport(source)) {
    if (problems.length >= PROBLEMS_MAX) break;
    const say = (line: number, ...found: readonly (string | undefined)[]): void =>
      void problems.push(...found.flatMap((problem) => (problem === undefined ? [] : [{ line, problem }])));
    if (item.kind === 'problem') say(item.line, item.problem);
    else if (item.kind === 'manifest') {
      manifest = item.manifest;
      if (manifest.app !== app.name) say(1, `the file is of the app ${manifest.app}, not ${app.name}`);
    } else if (item.kind === 'record') {
      records += 1;
      const { collection, id } = item.record;
      const isSystem = collection === CONFLICTS ? `UNKNOWN_COLLECTION: conflicts are the server's to write` : undefined;
      say(item.line, isSystem ?? namesFault(app, item.record), once(collection, id, item.line));
    } else if (item.kind === 'state') {
      const { collection, id } = item.whole;
      say(item.line, namesFault(app, item.whole) ?? conflictFault(item.whole), once(collection, id, item.line));
    } else if (item.kind === 'change') say(item.line, namesFault(app, item.change) ?? conflictFault(item.change));
    else if (item.kind === 'end') importId = item.sha256;
  }
  if (problems.length > 0 || manifest === undefined || importId === undefined) return { sound: false, problems };
  return { sound: true, manifest, importId, records };
};
