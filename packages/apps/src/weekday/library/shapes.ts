import * as z from 'zod';
import { FOOD_NUTRIENTS } from './nutrients.ts';

// What the entries of the libraries are. Figures that are not known are absent, never zero.

const line = z.string().min(1).max(300);
const paragraph = z.string().min(1).max(2_000);
const word = z.string().min(1).max(60);
const words = z.array(word).max(30);
const entryId = z
  .string()
  .max(128)
  .regex(/^[a-z0-9]+(?:-[a-z0-9]+)*$/, 'must be words of a-z and 0-9, joined by -');

/** Where an entry is from: a table or paper by name, the number it has there, the year it appeared. */
export const source = z.strictObject({ name: line, number: line.optional(), year: z.int().min(1900).max(2100).optional() });

const amount = z.number().min(0).max(100_000);

const per100g = z
  .strictObject(Object.fromEntries(Object.keys(FOOD_NUTRIENTS).map((id) => [id, amount.optional()])))
  .describe('By nutrient; energy in kcal, others in g, mg or µg as the library of nutrients says. What is absent is not known');

/** The fields of each kind of entry. */
export const FIELDS = {
  foods: {
    name: line,
    category: word,
    per100g,
    portions: z.array(z.strictObject({ name: line, grams: z.number().positive().max(10_000) })).max(10),
    refusePercent: z.number().min(0).max(100).optional().describe('Of what is bought, what nobody eats: peel, bones'),
    source,
  },
  nutrients: {
    name: line,
    category: z.enum(['macronutrient', 'mineral', 'vitamin', 'other']),
    unit: z.enum(['g', 'mg', 'µg', 'L']),
    intake: z
      .strictObject({ kind: z.enum(['RDA', 'AI']), female: amount, male: amount, forWhom: line })
      .describe('A day; RDA: recommended dietary allowance, AI: adequate intake'),
    upper: z.strictObject({ amount, about: line.optional() }).optional().describe('Tolerable upper intake level a day'),
    role: paragraph,
    source,
  },
  supplements: {
    name: line,
    category: word,
    purpose: line,
    dose: line,
    timing: line,
    evidence: z.enum(['strong', 'moderate', 'limited', 'insufficient']),
    evidenceText: paragraph,
    cautions: paragraph,
    source,
  },
  exercises: {
    name: line,
    category: word,
    level: z.enum(['beginner', 'intermediate', 'expert']),
    force: z.enum(['push', 'pull', 'static']).optional(),
    mechanic: z.enum(['compound', 'isolation']).optional(),
    equipment: word.optional(),
    muscles: words,
    secondaryMuscles: words,
    steps: z.array(paragraph).max(60),
    source,
  },
  programs: {
    name: line,
    goal: z.enum(['strength', 'muscle', 'fitness', 'endurance', 'mobility', 'lose']),
    level: z.enum(['beginner', 'intermediate', 'expert']),
    daysPerWeek: z.int().min(1).max(7),
    minutes: z.int().min(5).max(180).describe('Of one session'),
    weeks: z.int().min(1).max(52),
    equipment: words.describe('All of it is needed; empty where none is'),
    avoidFor: words.describe('Limitations that it is not for'),
    trains: line,
    forWhom: line,
    progression: paragraph,
    sessions: z
      .array(
        z.strictObject({
          name: line,
          exercises: z
            .array(z.strictObject({ exerciseId: entryId, sets: z.int().min(1).max(10), reps: line, restSeconds: z.int().min(0).max(600) }))
            .min(1)
            .max(12),
        }),
      )
      .min(1)
      .max(7),
    source,
  },
  'nutrition-templates': {
    name: line,
    patterns: words,
    restsOn: words.describe('Groups of food that it cannot do without'),
    fatShare: z.number().min(0).max(1).describe('Of the energy'),
    traits: words,
    source,
  },
} as const;

export type Kind = keyof typeof FIELDS;

const isKind = (name: string): name is Kind => Object.hasOwn(FIELDS, name);

export const KINDS: readonly Kind[] = Object.keys(FIELDS).filter(isKind);

export const entrySchemaOf = (kind: Kind): z.ZodObject => z.strictObject({ id: entryId, ...FIELDS[kind] });

export type Food = z.output<z.ZodObject<(typeof FIELDS)['foods']>>;
export type Nutrient = z.output<z.ZodObject<(typeof FIELDS)['nutrients']>>;
export type SupplementEntry = z.output<z.ZodObject<(typeof FIELDS)['supplements']>>;
export type Exercise = z.output<z.ZodObject<(typeof FIELDS)['exercises']>>;
export type Program = z.output<z.ZodObject<(typeof FIELDS)['programs']>>;
