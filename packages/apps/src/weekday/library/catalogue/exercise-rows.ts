import type { Entry } from '../entry.ts';
import { FREE_EXERCISE_DB } from '../read/source-names.ts';
import { BODY_WEIGHT } from './exercises/body-weight.ts';
import { FREE_WEIGHTS } from './exercises/free-weights.ts';
import { MACHINES_AND_BANDS } from './exercises/machines-and-bands.ts';
import { MOVING_AND_STRETCHING } from './exercises/moving-and-stretching.ts';
import { slugOf } from './food-rows.ts';

/**
 * Four lines for each exercise: `name | id in free-exercise-db | category | level | force | mechanic | equipment | muscles` (`-` for
 * none), secondary muscles, two steps. What it trains is as that list says; name and steps are ours.
 */
const TABLES = [BODY_WEIGHT, FREE_WEIGHTS, MACHINES_AND_BANDS, MOVING_AND_STRETCHING];

const LINES = 4;

const namesIn = (text: string): readonly string[] => (text === '-' ? [] : text.split(', '));

const exerciseOf = ([head = '', secondary = '-', ...steps]: readonly string[]): Entry => {
  const [name = '', number = '', category = '', level = '', force, mechanic, equipment, muscles = '-'] = head.split(' | ');
  const some = Object.entries({ force, mechanic, equipment }).filter(([, value]) => value !== '-');
  const fields = {
    ...{ name, category, level },
    ...Object.fromEntries(some),
    muscles: [...namesIn(muscles)],
    secondaryMuscles: [...namesIn(secondary)],
    steps,
    source: { name: FREE_EXERCISE_DB, number },
  };
  return { kind: 'exercises', id: slugOf(name), fields };
};

const exercisesOf = (table: string): readonly Entry[] => {
  const lines = table.trim().split('\n');
  return lines.flatMap((_, index) => (index % LINES === 0 ? [exerciseOf(lines.slice(index, index + LINES))] : []));
};

export const EXERCISES: readonly Entry[] = TABLES.flatMap(exercisesOf);
