import { compareStrings, ok, type Result } from '@tidemark/protocol';
import { type Need, needOf, type Person } from './energy.ts';
import {
  type FoodGroup,
  GOAL_RULES,
  IMPLIED,
  MIFFLIN_SOURCE,
  type NutritionTemplate,
  type Pattern,
  PROTEIN_SHARE_MAX,
  RULES_VERSION,
  SCORE_RULES,
  TEMPLATES,
} from './rules.ts';

export interface NutritionQuestion extends Person {
  /** Default omnivore. */
  readonly dietaryPattern?: Pattern | undefined;
  readonly exclusions?: readonly FoodGroup[] | undefined;
}

/** A template with its figures for a person: kcal and grams a day, whole numbers. */
export interface NutritionItem {
  readonly id: string;
  readonly name: string;
  readonly restingKcal: number;
  readonly energyKcal: number;
  readonly proteinG: number;
  readonly fatG: number;
  readonly carbohydrateG: number;
  readonly source: string;
}

export interface NutritionAnswer {
  /** The best first. */
  readonly data: readonly { readonly item: NutritionItem; readonly score: number; readonly reasons: readonly string[] }[];
  readonly rejected: readonly { readonly item: { readonly id: string; readonly name: string }; readonly reasons: readonly string[] }[];
  readonly rulesVersion: string;
}

const KCAL = { protein: 4, fat: 9, carbohydrate: 4 } as const;
const SCORE_START = 50;

/** Why a template is not for this person. */
const against = ({ patterns, restsOn, name }: NutritionTemplate, pattern: Pattern, exclusions: readonly FoodGroup[]): string[] => [
  ...(patterns.includes(pattern) ? [] : [`${name} is not ${pattern}`]),
  ...restsOn.filter((group) => exclusions.includes(group)).map((group) => `${name} rests on ${group}, which you leave out`),
];

const itemOf = ({ id, name, fatShare, source }: NutritionTemplate, need: Need): NutritionItem => {
  const energyKcal = Math.round(need.energyKcal);
  const proteinG = Math.round(Math.min(need.proteinG, (energyKcal * PROTEIN_SHARE_MAX) / KCAL.protein));
  const fatG = Math.round((energyKcal * fatShare) / KCAL.fat);
  const carbohydrateG = Math.round((energyKcal - proteinG * KCAL.protein - fatG * KCAL.fat) / KCAL.carbohydrate);
  return { id, name, restingKcal: Math.round(need.restingKcal), energyKcal, proteinG, fatG, carbohydrateG, source };
};

const whyFigures = ({ goal, activity }: NutritionQuestion, need: Need, { proteinG }: NutritionItem): readonly string[] => [
  `resting energy ${Math.round(need.restingKcal)} kcal: ${MIFFLIN_SOURCE}`,
  `times ${need.activityFactor} (activity ${activity}) and ${GOAL_RULES[goal].energyFactor} (goal ${goal})`,
  `${proteinG} g of protein: ${GOAL_RULES[goal].source}`,
  ...(proteinG < Math.round(need.proteinG) ? [`protein is bounded by ${PROTEIN_SHARE_MAX * 100} % of the energy`] : []),
];

/** The templates for a person with their figures, by score, then id; and those that are not for them. Refusal: NOT_ADVISED. */
export const recommendNutrition = (question: NutritionQuestion): Result<NutritionAnswer> => {
  const need = needOf(question);
  if (!need.ok) return need;
  const { dietaryPattern = 'omnivore', exclusions: named = [], goal, activity } = question;
  const exclusions = named.flatMap((group) => [group, ...(IMPLIED[group] ?? [])]);
  const said = { goal, activity, dietaryPattern };
  const rejected: NutritionAnswer['rejected'][number][] = [];
  const data: NutritionAnswer['data'][number][] = [];
  for (const template of TEMPLATES) {
    const { id, name, traits } = template;
    const reasons = against(template, dietaryPattern, exclusions);
    if (reasons.length > 0) {
      rejected.push({ item: { id, name }, reasons });
      continue;
    }
    const rules = SCORE_RULES.filter(({ about, of, trait }) => of.includes(said[about]) && traits.includes(trait));
    const item = itemOf(template, need.value);
    const score = rules.reduce((sum, { points }) => sum + points, SCORE_START);
    data.push({ item, score, reasons: [...rules.map(({ reason }) => `it ${reason}`), ...whyFigures(question, need.value, item)] });
  }
  data.sort((a, b) => b.score - a.score || compareStrings(a.item.id, b.item.id));
  return ok({ data, rejected, rulesVersion: RULES_VERSION });
};
