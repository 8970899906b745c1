import type { JsonObject } from '@tidemark/protocol';

/** A value as the app keeps it, with something of each kind; items without ids, and members that nobody here knows. */
export const keptValue = (): JsonObject => ({
  completion: { '2026-03-01': { 'b-1': true, 'b-2': false }, '2026-03-02': { 'b-1': true } },
  top3: { '2026-03-01': 'Swim\nRead\nCook' },
  mechanism: { '2026-03-01': 'First things first' },
  schedule: [
    { id: 'b-1', start: '06:30', end: '07:15', title: 'Swim', purpose: 'Wake', good: '20 lengths', tag: 'training' },
    { start: '9:00', end: '12:00', title: 'Work', purpose: '', good: '', tag: 'work', readonly: true, source: 'calendar', colour: 'teal' },
    { start: '13:00', end: '13:30', title: 'Walk', purpose: '', good: '', tag: '' },
    { start: '13:00', end: '13:30', title: 'Walk', purpose: '', good: '', tag: '' },
  ],
  supp: { d3: true, zinc: false },
  suppLog: { '2026-03-01': { d3: true } },
  mealTemplatesByDay: {
    Monday: [{ id: 'breakfast', name: 'Porridge', examples: 'oats, milk', grams: '350', tags: [{ label: 'Protein', value: '18 g' }] }],
    Tuesday: [{ id: 'breakfast', name: 'Eggs', examples: 'eggs', foodId: 'f-9', tags: [] }],
  },
  mealLog: { '2026-03-01': { breakfast: true } },
  supplementsList: [{ id: 'd3', tier: 1, item: 'Vitamin D3', goal: 'Bones', dose: '1000 IU', rule: 'with food', timeAt: '8:00' }],
  log: [
    { date: '2026-03-01', day: 'Sunday', bw: '82.5', sleep: 7.5, steps: '', top: 'swam', notes: '' },
    { id: 1_772_400_000_000, date: '2026-03-02T08:00:00.000Z', day: 'Monday', bw: 82.1, sleep: '7', steps: 9_000, top: '', notes: 'ok' },
  ],
  workoutPrograms: [{ id: 'w-1', name: 'Strength', days: [{ id: 'a', exercises: ['squat'] }] }],
  workoutHistory: [{ date: '2026-03-01', programId: 'w-1', sets: [{ reps: 5, kg: 100 }] }],
  settings: { theme: 'dark', weekStart: 1 },
  macroTargets: { protein: 160, kcal: 2_600 },
  moonPhase: { on: true },
});

/** A value of so many years of one person: about 13,300 records a year. */
export const yearsOf = (years: number): JsonObject => {
  const value: { [name: string]: { [day: string]: JsonObject[string] } } = {
    completion: {},
    suppLog: {},
    mealLog: {},
    top3: {},
    mechanism: {},
  };
  const log: JsonObject[] = [];
  for (let i = 0; i < years * 365; i += 1) {
    const day = new Date(Date.UTC(2023, 0, 1 + i)).toISOString().slice(0, 10);
    const ticks = (name: string, count: number) =>
      Object.fromEntries(Array.from({ length: count }, (_, n) => [`${name}-${n}`, (i + n) % 3 > 0]));
    Object.assign(value.completion ?? {}, { [day]: ticks('block', 16) });
    Object.assign(value.suppLog ?? {}, { [day]: ticks('supp', 10) });
    Object.assign(value.mealLog ?? {}, { [day]: ticks('meal', 7) });
    Object.assign(value.top3 ?? {}, { [day]: `Three things of ${day}` });
    Object.assign(value.mechanism ?? {}, { [day]: `How ${day} is won` });
    log.push({ id: `log-${i}`, date: day, day: 'Monday', bw: 80 + (i % 7) / 10, sleep: 7, steps: 8_000 + i, top: 'walked', notes: '' });
  }
  return { ...keptValue(), ...value, log };
};
