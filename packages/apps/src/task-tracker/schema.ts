import { type Derive, defineApp, defineCollection, once, type RecordOf, SEQ_FIELD } from '@tidemark/protocol';
import * as z from 'zod';

/** From the least to the most urgent: that is their order. */
export const PRIORITIES = ['low', 'medium', 'high'] as const;

const RANKS: readonly string[] = PRIORITIES;

/** A time in ISO 8601 with any offset; kept in UTC with milliseconds, so that their order as text is that of time. */
export const utcTime = z.iso
  .datetime({ offset: true })
  .transform((text) => new Date(text).toISOString())
  .pipe(z.iso.datetime());

/** What lists are sorted by beside the fields themselves: the rank of the priority, the title without case and accents. */
const sortKeys: Derive = (_previous, { priority, title }) => ({
  priorityRank: RANKS.indexOf(String(priority)),
  titleKey:
    typeof title === 'string'
      ? title
          .normalize('NFKD')
          .replace(/\p{M}+/gu, '')
          .toLowerCase()
      : '',
});

const tasks = defineCollection({
  name: 'tasks',
  fields: {
    title: { schema: z.string().min(1).max(200) },
    description: { schema: z.string().max(10_000).optional() },
    completed: { schema: z.boolean() },
    priority: { schema: z.enum(PRIORITIES) },
    categoryId: { schema: z.uuid().optional(), refersTo: 'categories' },
    dueDate: { schema: utcTime.optional() },
    createdAt: { schema: utcTime, merge: once() },
    priorityRank: { schema: z.int().min(0).max(2), derived: true },
    titleKey: { schema: z.string(), derived: true },
  },
  indexes: [
    ['createdAt'],
    ['dueDate'],
    ['priorityRank'],
    ['titleKey'],
    [SEQ_FIELD],
    ['categoryId', 'createdAt'],
    ['completed', 'createdAt'],
    ['completed', 'dueDate'],
    ['completed', 'priority', 'createdAt'],
  ],
  search: ['title', 'description'],
  derive: sortKeys,
});

const categories = defineCollection({
  name: 'categories',
  fields: {
    name: { schema: z.string().min(1).max(100) },
    color: {
      schema: z
        .string()
        .regex(/^#[0-9a-fA-F]{6}$/, 'must be #rrggbb')
        .optional(),
    },
    icon: { schema: z.string().max(100).optional() },
    createdAt: { schema: utcTime, merge: once() },
  },
  indexes: [['createdAt'], ['name']],
});

/** Personal tasks in categories, for any REST client and for clients that work offline. */
export const taskTracker = defineApp({ name: 'task-tracker', schemaVersion: 1, collections: { tasks, categories } });

/** A task as native clients see it. Times are ISO 8601 in UTC. */
export type Task = RecordOf<typeof tasks>;
export type Category = RecordOf<typeof categories>;
