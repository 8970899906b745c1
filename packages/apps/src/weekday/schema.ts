import { defineApp, defineCollection, type FieldsOf, list, map, type RecordOf, SEQ_FIELD } from '@tidemark/protocol';
import * as z from 'zod';
import { day, mealTag, measured, more, order, reference, text, timeOfDay, title, WEEKDAY_LIMITS } from './values.ts';

// Every field whose rule is not named is `last`: the later arrival stands, and what it replaced of a concurrent edit is a conflict.

/** Members of a record that this version does not know, each key on its own. */
const moreField = { schema: more.optional(), merge: map() };
/** What a program or a workout is made of: each key on its own, and in arrays of objects with an `id` each object on its own. */
const workoutField = { schema: more.optional(), merge: map(list()) };
/** Two people who move one item at once mean no harm: the later place stands, and nobody is asked about the other. */
const orderField = { schema: order.optional(), quiet: true };

const scheduleBlocks = defineCollection({
  name: 'schedule_blocks',
  fields: {
    start: { schema: timeOfDay.optional() },
    end: { schema: timeOfDay.optional() },
    title: { schema: title },
    purpose: { schema: text.optional() },
    good: { schema: text.optional() },
    tag: { schema: title.optional() },
    readonly: { schema: z.boolean().optional() },
    source: { schema: title.optional() },
    order: orderField,
    more: moreField,
  },
  indexes: [['start'], ['order']],
  search: ['title', 'purpose'],
});

/** One record for each day and block, under the id `dayKey(day, blockId)`. */
const completion = defineCollection({
  name: 'completion',
  fields: { day: { schema: day }, blockId: { schema: reference }, done: { schema: z.boolean() } },
  indexes: [['day'], ['blockId', 'day']],
});

/** What matters most on a day; its id is the day. */
const top3 = defineCollection({
  name: 'top3',
  fields: { day: { schema: day }, text: { schema: text } },
  indexes: [['day']],
  search: ['text'],
});

/** How a day is to be won; its id is the day. */
const mechanism = defineCollection({
  name: 'mechanism',
  fields: { day: { schema: day }, text: { schema: text } },
  indexes: [['day']],
  search: ['text'],
});

const supplements = defineCollection({
  name: 'supplements',
  fields: {
    item: { schema: title },
    tier: { schema: z.union([title, z.number()]).optional() },
    goal: { schema: text.optional() },
    dose: { schema: text.optional() },
    rule: { schema: text.optional() },
    timeAt: { schema: timeOfDay.optional() },
    libraryId: { schema: reference.optional() },
    order: orderField,
    more: moreField,
  },
  indexes: [['item'], ['order']],
  search: ['item', 'goal'],
});

/** One record for each day and supplement, under the id `dayKey(day, supplementId)`. */
const supplementLog = defineCollection({
  name: 'supplement_log',
  fields: { day: { schema: day }, supplementId: { schema: reference }, taken: { schema: z.boolean() } },
  indexes: [['day'], ['supplementId', 'day']],
});

/** A meal of a day of the week; `day` is the name that the app gives it. */
const meals = defineCollection({
  name: 'meals',
  fields: {
    day: { schema: title },
    name: { schema: title },
    examples: { schema: z.union([text, z.array(text).max(WEEKDAY_LIMITS.tagsMax)]).optional() },
    grams: { schema: measured(WEEKDAY_LIMITS.gramsMax).optional() },
    foodId: { schema: reference.optional() },
    libraryId: { schema: reference.optional() },
    tags: { schema: z.array(mealTag).max(WEEKDAY_LIMITS.tagsMax).optional() },
    order: orderField,
    more: moreField,
  },
  indexes: [['name'], ['day', 'order']],
  search: ['name'],
});

/** One record for each day and meal, under the id `dayKey(day, mealId)`. */
const mealLog = defineCollection({
  name: 'meal_log',
  fields: { day: { schema: day }, mealId: { schema: reference }, eaten: { schema: z.boolean() } },
  indexes: [['day'], ['mealId', 'day']],
});

/** What was measured on a day: body mass (kg), sleep (h), steps. There may be several of one day. */
const logEntries = defineCollection({
  name: 'log_entries',
  fields: {
    date: { schema: day.optional() },
    /** The name of the day of the week, as the app shows it. */
    day: { schema: title.optional() },
    bw: { schema: measured(WEEKDAY_LIMITS.bodyMassMax).optional() },
    sleep: { schema: measured(WEEKDAY_LIMITS.sleepMax).optional() },
    steps: { schema: measured(WEEKDAY_LIMITS.stepsMax).optional() },
    top: { schema: text.optional() },
    notes: { schema: text.optional() },
    more: moreField,
  },
  indexes: [['date']],
  search: ['notes'],
});

const workoutPrograms = defineCollection({
  name: 'workout_programs',
  fields: {
    name: { schema: title.optional() },
    libraryId: { schema: reference.optional() },
    order: orderField,
    more: workoutField,
  },
  indexes: [['name'], ['order']],
  search: ['name'],
});

const workoutHistory = defineCollection({
  name: 'workout_history',
  fields: {
    date: { schema: day.optional() },
    programId: { schema: reference.optional() },
    notes: { schema: text.optional() },
    more: workoutField,
  },
  indexes: [['date'], ['programId', 'date']],
  search: ['notes'],
});

/** One record for each setting, `supp` and `macroTargets` among them; objects merge key by key. Without a value it is null. */
const settings = defineCollection({
  name: 'settings',
  fields: { value: { schema: z.json().optional(), merge: map() } },
  indexes: [[SEQ_FIELD]],
});

/** A day planner for training, nutrition and routines. */
export const weekday = defineApp({
  name: 'weekday',
  schemaVersion: 1,
  collections: {
    schedule_blocks: scheduleBlocks,
    completion,
    top3,
    mechanism,
    supplements,
    supplement_log: supplementLog,
    meals,
    meal_log: mealLog,
    log_entries: logEntries,
    workout_programs: workoutPrograms,
    workout_history: workoutHistory,
    settings,
  },
});

/** Records as native clients see them. */
export type ScheduleBlock = RecordOf<typeof scheduleBlocks>;
export type ScheduleBlockFields = FieldsOf<typeof scheduleBlocks>;
export type Supplement = RecordOf<typeof supplements>;
export type Meal = RecordOf<typeof meals>;
export type LogEntry = RecordOf<typeof logEntries>;
