import { faultText, isJsonObject, type Json, type JsonObject, ok, type Result, refuse } from '@tidemark/protocol';
import { type Entry, type ReadFile, sift } from '../entry.ts';
import { FREE_EXERCISE_DB } from './source-names.ts';

/** `90/90 Hamstring` → `90-90-hamstring`. */
const slugOf = (id: string): string =>
  id
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, '-')
    .replaceAll(/^-|-$/g, '');

const present = (row: JsonObject, names: readonly string[]): JsonObject =>
  Object.fromEntries(names.flatMap((name) => (row[name] === null || row[name] === undefined ? [] : [[name, row[name]] as const])));

/** Its instructions without empty paragraphs. */
const stepsOf = (instructions: Json | undefined): Json =>
  Array.isArray(instructions) ? instructions.filter((step) => typeof step !== 'string' || step.trim() !== '') : (instructions ?? []);

const entryOf = (row: Json): Entry | string => {
  if (!isJsonObject(row)) return 'is no object';
  const { id } = row;
  if (typeof id !== 'string' || slugOf(id) === '') return 'id: is no text';
  const fields: JsonObject = {
    ...present(row, ['name', 'category', 'level', 'force', 'mechanic', 'equipment']),
    muscles: row.primaryMuscles ?? [],
    secondaryMuscles: row.secondaryMuscles ?? [],
    steps: stepsOf(row.instructions),
    source: { name: FREE_EXERCISE_DB, number: id },
  };
  return { kind: 'exercises', id: `${FREE_EXERCISE_DB}-${slugOf(id)}`, fields };
};

/**
 * Reads the exercises of free-exercise-db: a JSON array. Rows that hold none are answered with what is wrong. Refusal: IMPORT_REFUSED
 * where the file is no such array.
 */
export const readFreeExerciseDb = (text: string): Result<ReadFile> => {
  let rows: unknown;
  try {
    rows = JSON.parse(text);
  } catch (fault) {
    return refuse('IMPORT_REFUSED', `It is no JSON: ${faultText(fault)}`);
  }
  if (!Array.isArray(rows) || rows.length === 0) return refuse('IMPORT_REFUSED', 'It is no list of exercises.');
  return ok(sift(rows.map(entryOf)));
};
