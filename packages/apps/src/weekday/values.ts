import * as z from 'zod';

/** Lengths are in characters (UTF-16 units). A record takes at most 256 KiB in all. */
export const WEEKDAY_LIMITS = {
  titleLengthMax: 1_000,
  textLengthMax: 20_000,
  tagsMax: 100,
  /** Kilograms, hours, steps: what no person reaches. */
  bodyMassMax: 700,
  sleepMax: 24,
  stepsMax: 500_000,
  gramsMax: 100_000,
} as const;

/** A day of the calendar that exists: `2026-02-28`, never the 31st of February. */
export const day = z.iso.date();
/** A time of day: `07:30`; `24:00` is the end of the day. */
export const timeOfDay = z.string().regex(/^(?:[01]\d|2[0-3]):[0-5]\d$|^24:00$/, 'must be a time of day, such as 07:30');
export const title = z.string().max(WEEKDAY_LIMITS.titleLengthMax);
export const text = z.string().max(WEEKDAY_LIMITS.textLengthMax);
/** The id of another record, or of an entry of a library. */
export const reference = z.string().min(1).max(128);
/** A fractional index (see orderBetween): where the record stands among those of its list. */
export const order = z
  .string()
  .max(1_000)
  .regex(/^[0-9A-Za-z]*[1-9A-Za-z]$/, 'must be a key that orderBetween makes');
/** What the app keeps as a number or as the text that was typed into its field. */
export const measured = (max: number) => z.union([z.number().min(0).max(max), z.string().max(100)]);
/** A label and what stands beside it on a meal: `{ label: "Protein", value: "40 g" }`. */
export const mealTag = z.object({ label: title, value: z.union([title, z.number()]) });
/** Members that an app keeps and this version knows nothing of: they stay, and sync. */
export const more = z.record(z.string(), z.json());
