import { type AppDefinition, canonicalJson, compareStrings, type JsonObject, type Result } from '@tidemark/protocol';
import { createSeal, printManifest, printRecordLine, printSeal } from './export-format.ts';

/** What a file of an app's own form holds. Equal files give equal values, so that a second import of one adds nothing. */
export interface OwnFile {
  readonly records: readonly {
    readonly collection: string;
    readonly id: string;
    readonly fields: JsonObject;
    /** Where it stands in the file, for people: `schedule[3]`. */
    readonly path: string;
  }[];
  /** When its content was last edited, as far as it tells; milliseconds since 1970. */
  readonly editedAt: number;
  /** What there is to say about how it was read, in sentences. */
  readonly notes: readonly string[];
}

/**
 * Reads a file that POST /import takes of an app beside export files. Undefined where it is not of that form. Refusal:
 * IMPORT_REFUSED, with all that is wrong in details.issues.
 */
export type ReadOwnFile = (bytes: Buffer) => Result<OwnFile> | undefined;

/** The same records as an export file of the app, and where each line of it stands in the app's own file. */
export const asExport = ({ name, schemaVersion }: AppDefinition, { records, editedAt }: OwnFile) => {
  const sorted = [...records].sort((a, b) => compareStrings(a.collection, b.collection) || compareStrings(a.id, b.id));
  const counts: { [collection: string]: number } = {};
  for (const { collection } of sorted) counts[collection] = (counts[collection] ?? 0) + 1;
  const seal = createSeal();
  const first = printManifest({ app: name, counts, exportedAt: editedAt, history: false, openConflicts: 0, schemaVersion, seq: 0 });
  seal.add(first);
  const lines = sorted.map(({ collection, id, fields }) => {
    const line = printRecordLine({ collection, id, schemaVersion, fieldsJson: canonicalJson(fields) });
    seal.addLines(collection, line);
    return line;
  });
  const bytes = Buffer.from(`${first}${lines.join('')}${printSeal(seal.close())}`);
  return { bytes, pathOf: (line: number): string => sorted[line - 2]?.path ?? `line ${line}` };
};
