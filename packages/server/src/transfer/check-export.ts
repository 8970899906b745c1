import type { AppDefinition } from '@tidemark/protocol';
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

/** Reads the whole file and checks what can be told without a database: form, checksum, app, collections, schemaVersions, repeated ids. */
export const checkExport = async (source: ExportSource, app: AppDefinition): Promise<CheckedExport> => {
  const problems: FileProblem[] = [];
  const seenAt = new Map<string, number>();
  let manifest: Manifest | undefined;
  let importId: string | undefined;
  let records = 0;
  for await (const item of readExport(source)) {
    if (problems.length >= PROBLEMS_MAX) break;
    if (item.kind === 'problem') problems.push({ line: item.line, problem: item.problem });
    else if (item.kind === 'manifest') {
      manifest = item.manifest;
      if (manifest.app !== app.name) problems.push({ line: 1, problem: `the file is of the app ${manifest.app}, not ${app.name}` });
    } else if (item.kind === 'record') {
      records += 1;
      const { collection, id, schemaVersion } = item.record;
      const say = (problem: string): void => void problems.push({ line: item.line, problem });
      if (app.collections[collection] === undefined) say(`UNKNOWN_COLLECTION: the app ${app.name} has no collection ${collection}`);
      if (schemaVersion > app.schemaVersion) say(`SCHEMA_AHEAD: schemaVersion ${schemaVersion}; this Tidemark knows ${app.schemaVersion}`);
      const key = JSON.stringify([collection, id]);
      const before = seenAt.get(key);
      if (before === undefined) seenAt.set(key, item.line);
      else say(`the same record stands in line ${before}`);
    } else importId = item.sha256;
  }
  if (problems.length > 0 || manifest === undefined || importId === undefined) return { sound: false, problems };
  return { sound: true, manifest, importId, records };
};
