import { isJsonObject, type JsonObject } from '@tidemark/protocol';
import { FOOD_NUTRIENT_IDS } from './nutrients.ts';
import type { Kind } from './shapes.ts';

// What each library can be narrowed and sorted by.

/** How entries of a kind are found. */
export interface Finding {
  /** Words, best first: a word in the first field counts most. */
  readonly search: readonly string[];
  /** Query parameter → fields of which one must have the value, or hold it in a list. */
  readonly facets: Readonly<Record<string, readonly string[]>>;
  /** Name → path of a number. Each gives the parameters `nameMin` and `nameMax`, and a sort. */
  readonly ranges: Readonly<Record<string, readonly string[]>>;
}

const CATEGORY = { category: ['category'] };

export const FINDING: Readonly<Record<Kind, Finding>> = {
  foods: {
    search: ['name', 'category'],
    facets: CATEGORY,
    ranges: Object.fromEntries(FOOD_NUTRIENT_IDS.map((id) => [id, ['per100g', id]])),
  },
  nutrients: { search: ['name', 'role', 'category'], facets: CATEGORY, ranges: {} },
  supplements: { search: ['name', 'purpose', 'category'], facets: { ...CATEGORY, evidence: ['evidence'] }, ranges: {} },
  exercises: {
    search: ['name', 'muscles', 'secondaryMuscles', 'equipment', 'category'],
    facets: {
      ...CATEGORY,
      muscle: ['muscles', 'secondaryMuscles'],
      equipment: ['equipment'],
      level: ['level'],
      force: ['force'],
      mechanic: ['mechanic'],
    },
    ranges: {},
  },
  programs: {
    search: ['name', 'trains', 'forWhom', 'equipment'],
    facets: { goal: ['goal'], level: ['level'], equipment: ['equipment'] },
    ranges: { daysPerWeek: ['daysPerWeek'], minutes: ['minutes'], weeks: ['weeks'] },
  },
  'nutrition-templates': { search: ['name', 'traits'], facets: { pattern: ['patterns'], trait: ['traits'] }, ranges: {} },
};

/** The texts of a field: itself, or those of its list. */
export const textsOf = (fields: JsonObject, field: string): readonly string[] => {
  const value = fields[field];
  if (typeof value === 'string') return [value];
  return Array.isArray(value) ? value.filter((one) => typeof one === 'string') : [];
};

/** The number at the end of a path; undefined where it is not known. */
export const numberAt = (fields: JsonObject, path: readonly string[]): number | undefined => {
  let value: unknown = fields;
  for (const part of path) value = isJsonObject(value) ? value[part] : undefined;
  return typeof value === 'number' ? value : undefined;
};
