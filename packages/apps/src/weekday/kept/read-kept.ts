import { isJsonObject, type Json, ok, type Result, refuse } from '@tidemark/protocol';
import { KEPT_NAME, KEPT_VERSION, keptVersion, migrateKept } from './migrations.ts';
import { type KeptIssue, type KeptRecord, recordsOf } from './records.ts';

const ISSUES_MAX = 20;
const NOTES_MAX = 100;

/** What a kept value holds, as records of the collections, and what there is to say about how it was read. */
export interface Kept {
  readonly records: readonly KeptRecord[];
  readonly notes: readonly string[];
}

const refused = (issues: readonly KeptIssue[]): Result<never> =>
  refuse('IMPORT_REFUSED', 'This value cannot be imported; details.issues names the places. Nothing was stored.', {
    issues: issues.slice(0, ISSUES_MAX).map(({ path, message }) => ({ path, message })),
  });

/** The value itself, where a dump of the whole localStorage was given: `{ andi_weekday_os_v1: "…" }`. */
const unwrapped = (given: Json): Json | undefined => {
  const inner = isJsonObject(given) && Object.hasOwn(given, KEPT_NAME) ? given[KEPT_NAME] : given;
  if (typeof inner !== 'string') return inner;
  try {
    const value: Json = JSON.parse(inner);
    return value;
  } catch {
    return undefined;
  }
};

const alike = (notes: readonly string[]): readonly string[] =>
  notes.length <= NOTES_MAX ? notes : [...notes.slice(0, NOTES_MAX), `and ${notes.length - NOTES_MAX} more of the kind.`];

/**
 * Reads what the app keeps under `andi_weekday_os_v1`, of whatever version up to KEPT_VERSION: the value as it is, or as the text
 * that localStorage holds, alone or in a dump of it all. Equal values give equal records. Refusal: IMPORT_REFUSED, with all that is
 * wrong (at most 20 places).
 */
export const readKept = (given: Json): Result<Kept> => {
  const value = unwrapped(given) ?? null;
  if (!isJsonObject(value)) return refused([{ path: KEPT_NAME, message: 'is not the value that the app keeps: not a JSON object' }]);
  const version = keptVersion(value);
  if (version === undefined) return refused([{ path: 'version', message: 'must be a whole number' }]);
  if (version > KEPT_VERSION) {
    return refused([
      { path: 'version', message: `${version} is newer than this Tidemark reads (${KEPT_VERSION}); update the server first` },
    ]);
  }
  const migrated = migrateKept(value, version);
  const { records, issues, notes } = recordsOf(migrated.value);
  return issues.length > 0 ? refused(issues) : ok({ records, notes: [...migrated.steps, ...alike(notes)] });
};
