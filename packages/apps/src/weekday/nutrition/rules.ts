// recommendation_rules: everything that decides is data here, with where it is from. A change of any of it is a new RULES_VERSION.

export const RULES_VERSION = '2026-11-21';

export const SEXES = ['female', 'male'] as const;
export const GOALS = ['lose', 'maintain', 'gain'] as const;
export const PATTERNS = ['omnivore', 'pescatarian', 'vegetarian', 'vegan'] as const;
/** Groups of food that a template may rest on, and a person may leave out. */
export const FOOD_GROUPS = ['meat', 'fish', 'dairy', 'eggs', 'soy', 'nuts', 'gluten', 'legumes'] as const;

/** Who leaves out one of these leaves out the others too: soy is a legume. */
export const IMPLIED: { readonly [group in FoodGroup]?: readonly FoodGroup[] } = { legumes: ['soy'] };

export type Sex = (typeof SEXES)[number];
export type Goal = (typeof GOALS)[number];
export type Pattern = (typeof PATTERNS)[number];
export type FoodGroup = (typeof FOOD_GROUPS)[number];

/** Multipliers of the resting energy in common clinical use; there is no single source for them. */
export const ACTIVITY_FACTORS = { sedentary: 1.2, light: 1.375, moderate: 1.55, active: 1.725, very_active: 1.9 } as const;
export type Activity = keyof typeof ACTIVITY_FACTORS;
export const ACTIVITIES = ['sedentary', 'light', 'moderate', 'active', 'very_active'] as const satisfies readonly Activity[];

export const MIFFLIN_SOURCE = 'Mifflin, St Jeor et al., Am J Clin Nutr 51:241–247 (1990)';
/** kcal a day: perKg × kg + perCm × cm + perYear × years + one of the constants. */
export const MIFFLIN = { perKg: 10, perCm: 6.25, perYear: -5, female: -161, male: 5 } as const;

/** What a goal makes of the energy that is spent, and how much protein it takes for each kilogram of body mass. */
export const GOAL_RULES: Readonly<Record<Goal, { readonly energyFactor: number; readonly proteinPerKg: number; readonly source: string }>> =
  {
    lose: {
      energyFactor: 0.8,
      proteinPerKg: 1.6,
      source: 'protein within 1.4–2.0 g/kg: Jäger et al., ISSN position stand on protein and exercise (2017)',
    },
    maintain: {
      energyFactor: 1,
      proteinPerKg: 1.2,
      source: 'protein above the RDA of 0.8 g/kg: Institute of Medicine, Dietary Reference Intakes (2005)',
    },
    gain: {
      energyFactor: 1.1,
      proteinPerKg: 1.6,
      source: 'protein of 1.6 g/kg: Morton et al., Br J Sports Med 52:376–384 (2018)',
    },
  };

/** Protein counts for the body mass up to this BMI: mass beyond is mostly fat. */
export const PROTEIN_BMI_MAX = 30;
/** Of the energy. Source: acceptable macronutrient distribution range, Institute of Medicine, Dietary Reference Intakes (2005). */
export const PROTEIN_SHARE_MAX = 0.35;

/** Outside of these nothing is computed. Energy in kcal a day, BMI in kg/m². */
export const SAFETY = {
  ageMin: 18,
  /** BMI under which nobody should lose. Source: WHO, BMI classification of adults. */
  bmiToLoseMin: 18.5,
  bmiMin: 16,
  bmiMax: 60,
  /** Source: NHLBI, The Practical Guide: Identification, Evaluation and Treatment of Overweight and Obesity in Adults (2000). */
  energyMin: { female: 1_200, male: 1_500 },
} as const;

export interface NutritionTemplate {
  readonly id: string;
  readonly name: string;
  /** Whom it serves as it is. */
  readonly patterns: readonly Pattern[];
  /** It cannot do without these. */
  readonly restsOn: readonly FoodGroup[];
  /** Of the energy; what protein and fat leave is carbohydrate. */
  readonly fatShare: number;
  readonly traits: readonly ('plants' | 'lowCarbohydrate' | 'highCarbohydrate' | 'filling' | 'simple')[];
  readonly source: string;
}

const GUIDELINES = 'Dietary Guidelines for Americans 2020–2025';
const ALL = PATTERNS;
const WITH_FISH: readonly Pattern[] = ['omnivore', 'pescatarian'];
const WITH_DAIRY: readonly Pattern[] = ['omnivore', 'pescatarian', 'vegetarian'];

export const TEMPLATES: readonly NutritionTemplate[] = [
  { id: 'balanced', name: 'Balanced plate', patterns: ['omnivore'], restsOn: [], fatShare: 0.3, traits: ['simple'], source: GUIDELINES },
  {
    ...{ id: 'mediterranean', name: 'Mediterranean style', patterns: WITH_FISH, restsOn: ['fish'], fatShare: 0.35 },
    ...{ traits: ['plants', 'filling'], source: `${GUIDELINES}, Healthy Mediterranean-Style Dietary Pattern` },
  },
  {
    ...{ id: 'dash', name: 'DASH style', patterns: WITH_DAIRY, restsOn: ['dairy'], fatShare: 0.27 },
    ...{ traits: ['plants', 'filling'], source: 'NHLBI, DASH Eating Plan' },
  },
  {
    ...{ id: 'vegetarian', name: 'Vegetarian style', patterns: WITH_DAIRY, restsOn: ['dairy', 'legumes'], fatShare: 0.3 },
    ...{ traits: ['plants', 'filling'], source: `${GUIDELINES}, Healthy Vegetarian Dietary Pattern` },
  },
  {
    ...{ id: 'vegan', name: 'Plants only', patterns: ALL, restsOn: ['legumes'], fatShare: 0.28, traits: ['plants', 'filling'] },
    source: 'Academy of Nutrition and Dietetics, position paper on vegetarian diets (2016)',
  },
  {
    ...{ id: 'vegan-soy-and-nuts', name: 'Plants only, with soy and nuts', patterns: ALL, restsOn: ['soy', 'nuts'], fatShare: 0.33 },
    ...{ traits: ['plants'], source: 'Academy of Nutrition and Dietetics, position paper on vegetarian diets (2016)' },
  },
  {
    ...{ id: 'lower-carbohydrate', name: 'Lower in carbohydrate', patterns: WITH_DAIRY, restsOn: ['eggs'], fatShare: 0.4 },
    ...{ traits: ['lowCarbohydrate', 'filling'], source: 'American Diabetes Association, nutrition therapy consensus report (2019)' },
  },
  {
    ...{ id: 'training', name: 'Higher in carbohydrate, for training', patterns: ALL, restsOn: [], fatShare: 0.22 },
    ...{ traits: ['highCarbohydrate'], source: 'ACSM, AND and DC, position stand on nutrition and athletic performance (2016)' },
  },
];

/** Points for a template with a trait, where what a person said is among `of`. */
export interface ScoreRule {
  readonly about: 'goal' | 'activity' | 'dietaryPattern';
  readonly of: readonly string[];
  readonly trait: NutritionTemplate['traits'][number];
  readonly points: number;
  readonly reason: string;
}

export const SCORE_RULES: readonly ScoreRule[] = [
  { about: 'goal', of: ['lose'], trait: 'filling', points: 20, reason: 'fills for little energy, which helps to lose weight' },
  { about: 'goal', of: ['lose'], trait: 'lowCarbohydrate', points: 5, reason: 'fewer carbohydrates are one way to lose weight' },
  { about: 'goal', of: ['gain'], trait: 'highCarbohydrate', points: 15, reason: 'carbohydrates make it easier to eat enough to gain' },
  { about: 'goal', of: ['maintain'], trait: 'simple', points: 15, reason: 'is the simplest to keep up' },
  { about: 'activity', of: ['active', 'very_active'], trait: 'highCarbohydrate', points: 20, reason: 'feeds much training' },
  {
    about: 'activity',
    of: ['active', 'very_active'],
    trait: 'lowCarbohydrate',
    points: -15,
    reason: 'has few carbohydrates for much training',
  },
  { about: 'activity', of: ['sedentary', 'light'], trait: 'highCarbohydrate', points: -10, reason: 'is made for more training than this' },
  {
    about: 'dietaryPattern',
    of: ['omnivore', 'pescatarian', 'vegetarian', 'vegan'],
    trait: 'plants',
    points: 5,
    reason: 'is rich in plants',
  },
];
