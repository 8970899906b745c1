import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { needOf, type Person } from './energy.ts';
import { type NutritionAnswer, type NutritionQuestion, recommendNutrition } from './recommend.ts';
import { ACTIVITIES, FOOD_GROUPS, GOALS, PATTERNS, SAFETY, SEXES, TEMPLATES } from './rules.ts';

const ann: NutritionQuestion = { sex: 'female', age: 35, heightCm: 170, weightKg: 65, activity: 'moderate', goal: 'maintain' };

const answerTo = (question: NutritionQuestion): NutritionAnswer => {
  const found = recommendNutrition(question);
  if (!found.ok) throw new Error(JSON.stringify(found.error));
  return found.value;
};

const person: fc.Arbitrary<Person> = fc.record({
  sex: fc.constantFrom(...SEXES),
  age: fc.integer({ min: 18, max: 100 }),
  heightCm: fc.integer({ min: 140, max: 210 }),
  weightKg: fc.integer({ min: 40, max: 180 }),
  activity: fc.constantFrom(...ACTIVITIES),
  goal: fc.constantFrom(...GOALS),
});

/** Of two needs that are both computed, does the second have at least as much? */
const grows = (less: Person, more: Person, of: 'energyKcal' | 'proteinG'): boolean => {
  const [a, b] = [needOf(less), needOf(more)];
  return !a.ok || !b.ok || b.value[of] >= a.value[of];
};

test('the figures are those of Mifflin and St Jeor, worked out by hand', () => {
  // 10 × 65 + 6.25 × 170 − 5 × 35 − 161 = 1376.5; × 1.55 = 2133.6
  expect(answerTo(ann).data[0]?.item).toMatchObject({ restingKcal: 1377, energyKcal: 2134, proteinG: 78 });
  // 10 × 80 + 6.25 × 180 − 5 × 30 + 5 = 1780; × 1.2 × 0.8 = 1708.8; 80 × 1.6 = 128
  const bert: NutritionQuestion = { sex: 'male', age: 30, heightCm: 180, weightKg: 80, activity: 'sedentary', goal: 'lose' };
  expect(answerTo(bert).data[0]?.item).toMatchObject({ restingKcal: 1780, energyKcal: 1709, proteinG: 128 });
});

describe('for whatever person', () => {
  test('more mass, height and activity never need less energy, more years never more, more mass never less protein', () => {
    fc.assert(
      fc.property(person, fc.integer({ min: 1, max: 40 }), fc.nat({ max: 4 }), (one, step, place) => {
        expect(grows(one, { ...one, weightKg: one.weightKg + step }, 'energyKcal')).toBe(true);
        expect(grows(one, { ...one, weightKg: one.weightKg + step }, 'proteinG')).toBe(true);
        expect(grows(one, { ...one, heightCm: one.heightCm + step }, 'energyKcal')).toBe(true);
        expect(grows({ ...one, age: one.age + step }, one, 'energyKcal')).toBe(true);
        const activity = ACTIVITIES[Math.max(place, ACTIVITIES.indexOf(one.activity))] ?? one.activity;
        expect(grows(one, { ...one, activity }, 'energyKcal')).toBe(true);
        expect(grows({ ...one, goal: 'lose' }, { ...one, goal: 'maintain' }, 'energyKcal')).toBe(true);
        expect(grows({ ...one, goal: 'maintain' }, { ...one, goal: 'gain' }, 'energyKcal')).toBe(true);
      }),
    );
  });

  test('each template is recommended or rejected, with reasons; its grams make its energy; no plan lies below the floor', () => {
    const pattern = fc.constantFrom(...PATTERNS);
    fc.assert(
      fc.property(person, pattern, fc.subarray([...FOOD_GROUPS]), (one, dietaryPattern, exclusions) => {
        const found = recommendNutrition({ ...one, dietaryPattern, exclusions });
        if (!found.ok)
          return void expect(found.error).toMatchObject({ code: 'NOT_ADVISED', message: expect.stringContaining('physician') });
        const { data, rejected } = found.value;
        expect([...data, ...rejected].map(({ item }) => item.id).sort()).toEqual(TEMPLATES.map(({ id }) => id).sort());
        expect([...data, ...rejected].every(({ reasons }) => reasons.length > 0)).toBe(true);
        for (const { item } of data) {
          const energy = 4 * item.proteinG + 9 * item.fatG + 4 * item.carbohydrateG;
          expect(Math.abs(energy - item.energyKcal)).toBeLessThanOrEqual(2);
          expect(item.energyKcal).toBeGreaterThanOrEqual(SAFETY.energyMin[one.sex]);
          expect(item.carbohydrateG).toBeGreaterThan(0);
          const template = TEMPLATES.find(({ id }) => id === item.id);
          expect(template?.restsOn.some((group) => exclusions.includes(group))).toBe(false);
        }
        expect(data.map(({ score }) => score)).toEqual(data.map(({ score }) => score).sort((a, b) => b - a));
        expect(recommendNutrition({ ...one, dietaryPattern, exclusions })).toEqual(found);
      }),
    );
  });
});

test('what is left out is rejected by name, and goals choose', () => {
  const { data, rejected } = answerTo({ ...ann, dietaryPattern: 'vegan', exclusions: ['legumes'] });
  expect(data.map(({ item }) => item.id)).toEqual(['training']);
  expect(rejected.find(({ item }) => item.id === 'vegan-soy-and-nuts')?.reasons).toEqual([
    'Plants only, with soy and nuts rests on soy, which you leave out',
  ]);
  expect(rejected.find(({ item }) => item.id === 'vegan')?.reasons).toEqual(['Plants only rests on legumes, which you leave out']);
  expect(rejected.find(({ item }) => item.id === 'dash')?.reasons).toEqual(['DASH style is not vegan']);
  expect(answerTo(ann).data[0]?.item.id).toBe('balanced');
  expect(answerTo({ ...ann, activity: 'very_active', goal: 'gain' }).data[0]?.item.id).toBe('training');
  expect(answerTo({ ...ann, weightKg: 80, goal: 'lose' }).data[0]?.item.id).toBe('dash');
});

test.each([
  [{ age: 16 }, 'age'],
  [{ weightKg: 50, goal: 'lose' }, 'goal'],
  [{ weightKg: 45 }, 'weightKg'],
  [{ age: 90, weightKg: 55, heightCm: 150, activity: 'sedentary', goal: 'lose' }, 'goal'],
] as const)('%j gets no plan, but whom to see', (change, path) => {
  const found = recommendNutrition({ ...ann, ...change });
  expect(found).toMatchObject({ ok: false, error: { code: 'NOT_ADVISED', details: { issues: [{ path }] } } });
});
