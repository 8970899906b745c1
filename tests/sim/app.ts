import { counter, defineApp, defineCollection, type JsonObject, max, review, set } from '@tidemark/protocol';
import * as z from 'zod';

/** From schemaVersion 2 on, the title of a task begins with this. */
export const TASK_MARK = '#';

const marked = (fields: JsonObject): JsonObject =>
  typeof fields.title !== 'string' || fields.title.startsWith(TASK_MARK) ? fields : { ...fields, title: TASK_MARK + fields.title };

/** What the simulated clients store: every kind of merge rule that matters, both rules for deletes, two versions of the schema. */
const appAt = (schemaVersion: number) =>
  defineApp({
    name: 'sim',
    schemaVersion,
    collections: {
      notes: defineCollection({
        name: 'notes',
        fields: {
          title: { schema: z.string().max(60) },
          body: { schema: z.string().optional(), merge: review() },
          likes: { schema: z.number().optional(), merge: counter() },
          best: { schema: z.number().optional(), merge: max() },
          tags: { schema: z.array(z.string()).optional(), merge: set() },
        },
      }),
      tasks: defineCollection({
        name: 'tasks',
        onDelete: 'editWins',
        fields: { title: { schema: z.string().max(60) }, likes: { schema: z.number().optional(), merge: counter() } },
        upcasts: schemaVersion > 1 ? { 1: marked } : {},
      }),
    },
  });

export type SimApp = ReturnType<typeof appAt>;
export type SimCollections = SimApp['collections'];
/** The apps of before and after the upgrade. */
export type Version = 1 | 2;
export const APPS: { readonly [V in Version]: SimApp } = { 1: appAt(1), 2: appAt(2) };

/** The counter that is only ever counted up, never deleted: it shows each lost or doubled mutation. */
export const COUNTER_ID = 'counter';
