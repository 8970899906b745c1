import { ok } from '@tidemark/protocol';
import { answerJson, type Endpoint, endpoint, NO_INPUT } from '@tidemark/server/rest';
import * as z from 'zod';
import { recommendNutrition } from '../nutrition/recommend.ts';
import { ACTIVITIES, FOOD_GROUPS, GOALS, PATTERNS, SEXES } from '../nutrition/rules.ts';
import { programItem } from '../programs/program-item.ts';
import { recommendPrograms } from '../programs/recommend.ts';
import { EQUIPMENT, LEVELS, LIMITATIONS, PROGRAM_GOALS } from '../programs/rules.ts';
import type { StoredLibrary } from './library/stored-library.ts';

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

const programQuestion = z.strictObject({
  goal: z.enum(PROGRAM_GOALS),
  level: z.enum(LEVELS),
  daysPerWeek: z.int().min(1).max(7),
  minutes: z.int().min(5).max(180).optional().describe('On such a day; default: as many as it takes'),
  equipment: z.array(z.enum(EQUIPMENT)).max(EQUIPMENT.length).describe('What there is to train with; empty where there is nothing'),
  limitations: z.array(z.enum(LIMITATIONS)).max(LIMITATIONS.length).optional().describe('What gives trouble'),
});

const programAnswer = z.strictObject({
  data: z.array(z.strictObject({ item: programItem, score: z.int(), reasons })),
  rejected: z.array(z.strictObject({ item: z.strictObject(named), reasons })),
  rulesVersion: z.string(),
});

/** `POST /recommendations/programs`, over the programs of the library. */
export const programEndpoint = (stored: StoredLibrary): Endpoint =>
  endpoint({
    ...NO_INPUT,
    method: 'POST',
    path: '/recommendations/programs',
    tag: 'recommendations',
    summary: 'Programs to train by, for a goal and what there is to train with',
    description:
      'The best first with all that speaks for it, and what is rejected with all that speaks against it. What each is made of stands ' +
      'in the library of programs. The same question gets the same answer as long as rulesVersion and the library are the same.',
    body: programQuestion,
    answers: { 200: { description: 'The best first, and what is not for this person', schema: programAnswer } },
    refusals: ['EMAIL_NOT_VERIFIED', 'UNAVAILABLE'],
    handle: async ({ c }, { body }) => {
      const library = await stored.current();
      if (!library.ok) return library;
      const programs = library.value.all('programs').map((item) => programItem.parse(item));
      return ok(await answerJson(c, recommendPrograms(body, programs)));
    },
  });
