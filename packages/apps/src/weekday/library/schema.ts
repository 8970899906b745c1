import { defineApp, defineCollection } from '@tidemark/protocol';
import type * as z from 'zod';
import { FIELDS, KINDS, type Kind } from './shapes.ts';

/** The table of each kind. */
export const TABLES: Readonly<Record<Kind, string>> = {
  foods: 'food_library',
  nutrients: 'nutrient_library',
  supplements: 'supplement_library',
  exercises: 'exercise_library',
  programs: 'program_templates',
  'nutrition-templates': 'nutrition_templates',
};

const tableOf = <S extends { readonly [field: string]: z.ZodType }>(name: string, shape: S) =>
  defineCollection({
    name,
    // Only the pipeline writes here: the later import stands, and nobody is asked.
    fields: Object.fromEntries(Object.entries(shape).map(([field, schema]) => [field, { schema, quiet: true }])),
    indexes: [],
  });

/** The libraries: an app that nobody mounts, with one space that belongs to nobody. What is in it everybody may read. */
export const weekdayLibrary = defineApp({
  name: 'weekday-library',
  schemaVersion: 1,
  collections: Object.fromEntries(KINDS.map((kind) => [TABLES[kind], tableOf(TABLES[kind], FIELDS[kind])])),
});

/** The space of the libraries. */
export const LIBRARY_SPACE = { app: weekdayLibrary.name, key: `${weekdayLibrary.name}/shared` };
