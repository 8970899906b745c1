import { openClient } from '@tidemark/client';
import { counter, defineApp, defineCollection, set } from '@tidemark/protocol';
import * as z from 'zod';

// 1. What the app stores, and how two edits of one field are combined when neither has seen the other.
const notes = defineCollection({
  name: 'notes',
  fields: {
    title: { schema: z.string().max(200) }, // the later arrival stands, the other is kept as a conflict
    tags: { schema: z.array(z.string()), merge: set() }, // both devices' tags stay
    views: { schema: z.number().int(), merge: counter() }, // both devices' views are added up
  },
  indexes: [['title']],
});
export const app = defineApp({ name: 'notes', schemaVersion: 1, collections: { notes } });

// 2. A client: works offline at once, syncs when it can.
export const openNotes = async (server: string, subject: string, token: string) => {
  const client = await openClient({
    app,
    url: `${server}/apps/notes`,
    token: () => token,
    account: { issuer: 'tidemark-development', subject },
  });
  const stop = client.collection('notes').live({ orderBy: [['title', 'asc']] }, (records) => {
    for (const { title, tags, views } of records) console.log(title, tags.join(' '), views);
  });
  const written = await client.collection('notes').put({ title: 'Tides', tags: ['sea'], views: 0 });
  if (written.ok) await client.collection('notes').patch(written.value.id, { views: 1 }); // durable here, sent later
  return { client, stop };
};
