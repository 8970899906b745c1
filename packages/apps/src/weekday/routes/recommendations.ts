import { ok } from '@tidemark/protocol';
import { answerJson, type Endpoint, endpoint, NO_INPUT } from '@tidemark/server/rest';
import * as z from 'zod';
import { recommendNutrition } from '../nutrition/recommend.ts';
import { ACTIVITIES, FOOD_GROUPS, GOALS, PATTERNS, SEXES } from '../nutrition/rules.ts';

const question = z.strictObject({
  sex: z.enum(SEXES),
  age: z.int().min(1).max(110).describe('Years'),
  heightCm: z.number().min(100).max(250),
  weightKg: z.number().min(25).max(400),
  activity: z.enum(ACTIVITIES),
  goal: z.enum(GOALS),
  dietaryPattern: z.enum(PATTERNS).optional().describe('Default omnivore'),
  exclusions: z.array(z.enum(FOOD_GROUPS)).max(FOOD_GROUPS.length).optional().describe('Groups of food that are left out'),
});

const amount = z.int().min(0);
const named = { id: z.string(), name: z.string() };
const reasons = z.array(z.string());
const answer = z.strictObject({
  data: z.array(
    z.strictObject({
      item: z.strictObject({
        ...named,
        ...{ restingKcal: amount, energyKcal: amount, proteinG: amount, fatG: amount, carbohydrateG: amount },
        source: z.string(),
      }),
      score: z.int(),
      reasons,
    }),
  ),
  rejected: z.array(z.strictObject({ item: z.strictObject(named), reasons })),
  rulesVersion: z.string(),
});

/** `POST /recommendations/nutrition`. */
export const nutritionEndpoint: Endpoint = endpoint({
  ...NO_INPUT,
  method: 'POST',
  path: '/recommendations/nutrition',
  tag: 'recommendations',
  summary: 'Ways to eat for a person and a goal, with their figures and reasons',
  description:
    'The same question gets the same answer as long as rulesVersion is the same. Nothing is stored. It is no medical advice: figures ' +
    'for which a plan may do harm are refused with NOT_ADVISED.',
  body: question,
  answers: { 200: { description: 'The best first, and what is not for this person', schema: answer } },
  refusals: ['NOT_ADVISED', 'EMAIL_NOT_VERIFIED'],
  handle: async ({ c }, { body }) => {
    const found = recommendNutrition(body);
    return found.ok ? ok(await answerJson(c, found.value)) : found;
  },
});
