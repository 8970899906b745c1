import { TEMPLATES } from '../../nutrition/rules.ts';
import type { Entry } from '../entry.ts';
import { EXERCISES } from './exercise-rows.ts';
import { FOODS } from './food-rows.ts';
import { NUTRIENTS } from './nutrient-rows.ts';
import { PROGRAMS } from './program-rows.ts';
import { SUPPLEMENTS } from './supplement-rows.ts';

/** A change of anything in the catalogue is a new version. */
export const CATALOGUE_VERSION = 'starter-2026-11-22';

const TEMPLATE_ENTRIES = TEMPLATES.map(({ id, source, name, patterns, restsOn, fatShare, traits }): Entry => {
  const fields = { name, patterns: [...patterns], restsOn: [...restsOn], fatShare, traits: [...traits], source: { name: source } };
  return { kind: 'nutrition-templates', id, fields };
});

/** The starter catalogue: written for Tidemark, each figure with its source. */
export const CATALOGUE: readonly Entry[] = [...FOODS, ...NUTRIENTS, ...SUPPLEMENTS, ...EXERCISES, ...PROGRAMS, ...TEMPLATE_ENTRIES];
