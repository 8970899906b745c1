import {
  type Derive,
  defineApp,
  defineCollection,
  type FieldsOf,
  intervals,
  max,
  newest,
  normalizeIntervals,
  type RecordOf,
  set,
} from '@tidemark/protocol';
import * as z from 'zod';

/** What a task may hold; lengths are in characters (UTF-16 units). */
export const TASK_LIMITS = { titleLengthMax: 500, tagsMax: 100, tagLengthMax: 64, intervalsMax: 5_000 } as const;

const time = z.int().min(0);

/** `end: null` is running, the same as no end. An end before its start counts as no time at all. */
const interval = z
  .strictObject({ start: time, end: time.nullish() })
  .transform(({ start, end }) => (end === undefined || end === null ? { start } : { start, end: Math.max(start, end) }));

/**
 * `version` counts the native writes of a task, for devices that speak the app's own upload route. It is no revision:
 * a create keeps the number that was sent (1 if none was), so that imported tasks go on counting where they stood.
 */
const countVersion: Derive = (previous, _next, sent) => {
  const { version } = previous ?? sent;
  const known = typeof version === 'number' && Number.isSafeInteger(version) && version >= 1 ? version : undefined;
  if (previous === null) return { version: known ?? 1 };
  return { version: (known ?? 0) + 1 };
};

const tasks = defineCollection({
  name: 'tasks',
  fields: {
    title: { schema: z.string().min(1).max(TASK_LIMITS.titleLengthMax), merge: newest() },
    archived: { schema: z.boolean(), merge: newest() },
    tags: { schema: z.array(z.string().min(1).max(TASK_LIMITS.tagLengthMax)).max(TASK_LIMITS.tagsMax), merge: set() },
    intervals: { schema: z.array(interval).max(TASK_LIMITS.intervalsMax).transform(normalizeIntervals), merge: intervals() },
    /**
     * The writer's clock at its last local write, in milliseconds. A create stores what was sent; every later write sends
     * its own time (see `edited` in task.ts) and the greatest stands: two people who edit different fields at once have
     * no conflict about the time, and neither a slow clock nor a restore makes a task look older than it is.
     */
    updatedAt: { schema: time, merge: max() },
    version: { schema: z.int().min(1).optional(), derived: true },
  },
  indexes: [['archived', 'updatedAt'], ['title'], ['updatedAt']],
  search: ['title', 'tags'],
  derive: countVersion,
});

/** A task timer that keeps its tasks in the browser and syncs them in the background. */
export const timeTracker = defineApp({ name: 'time-tracker', schemaVersion: 1, collections: { tasks } });

/** A task as queries answer it. Times are milliseconds since 1970. */
export type Task = RecordOf<typeof tasks>;

/** A task without its id: what a put takes. */
export type TaskFields = FieldsOf<typeof tasks>;
