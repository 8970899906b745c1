import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { CATALOGUE } from '../library/catalogue/catalogue.ts';
import { programItem } from './program-item.ts';
import { type ProgramAnswer, type ProgramQuestion, recommendPrograms } from './recommend.ts';
import { EQUIPMENT, LEVELS, LIMITATIONS, PROGRAM_GOALS, PROGRAM_RULES_VERSION } from './rules.ts';

const PROGRAMS = CATALOGUE.filter(({ kind }) => kind === 'programs').map(({ id, fields }) => programItem.parse({ ...fields, id }));

const question: fc.Arbitrary<ProgramQuestion> = fc.record({
  goal: fc.constantFrom(...PROGRAM_GOALS),
  level: fc.constantFrom(...LEVELS),
  daysPerWeek: fc.integer({ min: 1, max: 7 }),
  minutes: fc.option(fc.integer({ min: 5, max: 180 }), { nil: undefined }),
  equipment: fc.subarray([...EQUIPMENT]),
  limitations: fc.subarray([...LIMITATIONS]),
});

const ids = ({ data }: ProgramAnswer): ReadonlySet<string> => new Set(data.map(({ item }) => item.id));
const ask = (asked: ProgramQuestion): ProgramAnswer => recommendPrograms(asked, PROGRAMS);

test('the beginner with dumbbells gets dumbbells, the one with a rack the barbell, the one with nothing the floor', () => {
  const ann: ProgramQuestion = { goal: 'muscle', level: 'beginner', daysPerWeek: 3, minutes: 45, equipment: ['dumbbell'] };
  const { data, rejected } = ask(ann);
  expect(data[0]).toMatchObject({ item: { id: 'dumbbells-at-home' }, score: 20 + 50 + 15 + 0 + 5 + 3 });
  expect(data[0]?.reasons).toContain('is made for the goal muscle');
  expect(rejected.find(({ item }) => item.id === 'dumbbells-upper-and-lower')?.reasons).toEqual([
    'is for level intermediate, yours is beginner',
    'takes 4 days a week, you have 3',
    'takes 50 minutes, you have 45',
  ]);
  expect(ask({ goal: 'strength', level: 'beginner', daysPerWeek: 3, equipment: ['barbell'] }).data[0]?.item.id).toBe('barbell-basics');
  expect(ask({ goal: 'fitness', level: 'beginner', daysPerWeek: 3, equipment: [] }).data.map(({ item }) => item.id)).toEqual([
    'first-steps-with-body-weight',
  ]);
  const sore = ask({ goal: 'strength', level: 'beginner', daysPerWeek: 3, equipment: ['barbell'], limitations: ['lower back'] });
  expect(sore.data).toEqual([]);
  expect(sore.rejected.find(({ item }) => item.id === 'barbell-basics')?.reasons).toEqual([
    'is not for whoever has trouble with lower back',
  ]);
});

describe('for whatever question', () => {
  test('each program is recommended or rejected, with reasons, best first, whatever order they come in', () => {
    fc.assert(
      fc.property(question, fc.shuffledSubarray(PROGRAMS, { minLength: PROGRAMS.length }), (asked, shuffled) => {
        const answer = ask(asked);
        expect(recommendPrograms(asked, shuffled)).toEqual(answer);
        expect([...answer.data, ...answer.rejected].map(({ item }) => item.id).sort()).toEqual(PROGRAMS.map(({ id }) => id).sort());
        expect([...answer.data, ...answer.rejected].every(({ reasons }) => reasons.length > 0)).toBe(true);
        expect(answer.data.map(({ score }) => score)).toEqual(answer.data.map(({ score }) => score).sort((a, b) => b - a));
        expect(answer.rulesVersion).toBe(PROGRAM_RULES_VERSION);
        for (const { item } of answer.data) {
          expect(item.daysPerWeek).toBeLessThanOrEqual(asked.daysPerWeek);
          expect(item.minutes).toBeLessThanOrEqual(asked.minutes ?? Number.POSITIVE_INFINITY);
          expect(item.equipment.every((one) => asked.equipment.includes(one))).toBe(true);
          expect(item.avoidFor.some((one) => asked.limitations?.includes(one))).toBe(false);
        }
      }),
    );
  });

  test('who has more equipment, days, minutes or experience loses no program; who has more trouble gains none', () => {
    fc.assert(
      fc.property(question, fc.constantFrom(...EQUIPMENT), fc.constantFrom(...LIMITATIONS), (asked, tool, trouble) => {
        const before = ids(ask(asked));
        const more: readonly ProgramQuestion[] = [
          { ...asked, equipment: [...new Set([...asked.equipment, tool])] },
          { ...asked, daysPerWeek: Math.min(7, asked.daysPerWeek + 1) },
          { ...asked, minutes: asked.minutes === undefined ? undefined : asked.minutes + 10 },
          { ...asked, level: LEVELS[LEVELS.indexOf(asked.level) + 1] ?? asked.level },
        ];
        for (const richer of more) expect(ids(ask(richer)).size).toBe(new Set([...ids(ask(richer)), ...before]).size);
        const sore = ids(ask({ ...asked, limitations: [...(asked.limitations ?? []), trouble] }));
        expect([...sore].every((id) => before.has(id))).toBe(true);
      }),
    );
  });
});
