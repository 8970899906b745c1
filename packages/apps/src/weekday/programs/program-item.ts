import * as z from 'zod';
import { FIELDS } from '../library/shapes.ts';
import { LEVELS, PROGRAM_GOALS } from './rules.ts';

const { name, daysPerWeek, minutes, equipment, avoidFor } = FIELDS.programs;

/** What of an entry of the library decides whether it is recommended; the rest of it stands in the library. */
export const programItem = z.object({
  id: z.string(),
  name,
  goal: z.enum(PROGRAM_GOALS),
  level: z.enum(LEVELS),
  ...{ daysPerWeek, minutes, equipment, avoidFor },
});
