import type { JsonObject } from '@tidemark/protocol';
import { entrySchemaOf, KINDS, type Kind } from './shapes.ts';

/** An entry of a library: what it is of, its id within that, and its fields. */
export interface Entry {
  readonly kind: Kind;
  readonly id: string;
  readonly fields: JsonObject;
}

/** A row of a file that no entry was made of, and why. Rows are counted from 1, without the header. */
export interface RefusedRow {
  readonly row: number;
  readonly problem: string;
}

/** What a file holds. */
export interface ReadFile {
  readonly entries: readonly Entry[];
  readonly refused: readonly RefusedRow[];
}

/** What the ids of entries begin with that are from one of the large tables. */
export const TABLE_PREFIXES = ['usda-sr-', 'free-exercise-db-'] as const;

const SCHEMAS = new Map(KINDS.map((kind) => [kind, entrySchemaOf(kind)]));

/** Why something is no entry of its kind: `per100g.protein: …`; undefined where it is one. */
export const faultOfEntry = ({ kind, id, fields }: Entry): string | undefined => {
  const checked = SCHEMAS.get(kind)?.safeParse({ ...fields, id });
  const issue = checked?.error?.issues[0];
  return issue === undefined ? undefined : `${issue.path.join('.')}: ${issue.message}`;
};

/** Entries that are sound, each id once; the others with their rows. `entries` are by row, and undefined where a row was refused before. */
export const sift = (rows: readonly (Entry | string)[]): ReadFile => {
  const entries: Entry[] = [];
  const refused: RefusedRow[] = [];
  const rowOf = new Map<string, number>();
  for (const [index, made] of rows.entries()) {
    const row = index + 1;
    if (typeof made === 'string') {
      refused.push({ row, problem: made });
      continue;
    }
    const before = rowOf.get(made.id);
    const problem = before === undefined ? faultOfEntry(made) : `has the id of row ${before}`;
    if (problem === undefined) {
      rowOf.set(made.id, row);
      entries.push(made);
    } else refused.push({ row, problem });
  }
  return { entries, refused };
};
