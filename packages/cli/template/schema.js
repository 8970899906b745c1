import { defineApp, defineCollection, newest } from '@tidemark/protocol';
import * as z from 'zod';

// What the app stores. Each field says how it is merged when two devices edit it at once; without a rule the later arrival stands.
const tasks = defineCollection({
  name: 'tasks',
  fields: {
    title: { schema: z.string().min(1).max(200) },
    isDone: { schema: z.boolean(), merge: newest() },
  },
  indexes: [['isDone', 'title']],
});

export const app = defineApp({ name: 'my-app', schemaVersion: 1, collections: { tasks } });
