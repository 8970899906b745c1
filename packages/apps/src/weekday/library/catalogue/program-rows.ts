import type { JsonObject } from '@tidemark/protocol';
import type { Entry } from '../entry.ts';
import { slugOf } from './food-rows.ts';
import { PROGRAMS as TABLE } from './programs.ts';

/** What the amounts of training rest on. */
const SOURCES: Readonly<Record<string, JsonObject>> = {
  WHO: { name: 'WHO guidelines on physical activity and sedentary behaviour', year: 2020 },
  ACSM2009: { name: 'ACSM position stand: Progression Models in Resistance Training for Healthy Adults', year: 2009 },
  ACSM2011: { name: 'ACSM position stand: Quantity and Quality of Exercise for Healthy Adults', year: 2011 },
};

const listOf = (text: string): string[] => (text === '-' ? [] : text.split(', '));

/** `back-squat 3 5-8 s 180`: exercise, sets, repetitions or time, seconds of rest. */
const exerciseOf = (text: string): JsonObject => {
  const [exerciseId = '', sets = '', ...others] = text.split(' ');
  return { exerciseId, sets: Number(sets), reps: others.slice(0, -1).join(' '), restSeconds: Number(others.at(-1)) };
};

const sessionOf = (line: string): JsonObject => {
  const [name = '', exercises = ''] = line.split(': ');
  return { name, exercises: exercises.split('; ').map(exerciseOf) };
};

/**
 * `name | goal | level | days a week | minutes | weeks | equipment | not for | source`, `what it trains | for whom`, how it goes on, then
 * a line for each session.
 */
const programOf = (block: string): Entry => {
  const [head = '', about = '', progression = '', ...sessions] = block.split('\n');
  const [name = '', goal = '', level = '', days, minutes, weeks, equipment = '-', avoidFor = '-', source = ''] = head.split(' | ');
  const [trains = '', forWhom = ''] = about.split(' | ');
  const fields = {
    ...{ name, goal, level, trains, forWhom, progression },
    ...{ daysPerWeek: Number(days), minutes: Number(minutes), weeks: Number(weeks) },
    equipment: listOf(equipment),
    avoidFor: listOf(avoidFor),
    sessions: sessions.map(sessionOf),
    source: SOURCES[source] ?? { name: source },
  };
  return { kind: 'programs', id: slugOf(name), fields };
};

export const PROGRAMS: readonly Entry[] = TABLE.trim().split('\n\n').map(programOf);
