import { openClient } from '@tidemark/client';
import { ConflictInbox, SyncStatus, TidemarkProvider, useLiveQuery, useMutate, useRecord } from '@tidemark/react';
import { Suspense } from 'react';
import { createRoot } from 'react-dom/client';
import { app } from './notes.ts';

const { notes } = app.collections;

function Note({ id }: { readonly id: string }) {
  const note = useRecord(notes, id); // renders again when this note changes, and for no other
  const { patch, delete: remove } = useMutate(notes);
  if (note === undefined) return null;
  return (
    <li>
      {note.title}, seen {note.views} times{' '}
      <button type="button" onClick={() => void patch(id, { views: note.views + 1 })}>
        See {note.title}
      </button>{' '}
      <button type="button" onClick={() => void remove(id)}>
        Delete {note.title}
      </button>
    </li>
  );
}

function Notes() {
  const found = useLiveQuery(notes, { orderBy: [['title', 'asc']], limit: 100 });
  const { put } = useMutate(notes);
  const add = (form: FormData): void => void put({ title: String(form.get('title')), tags: [], views: 0 });
  return (
    <main>
      <h1>Notes</h1>
      <form action={add}>
        <label>
          Title <input name="title" required />
        </label>{' '}
        <button type="submit">Add</button>
      </form>
      <ul>
        {found.map(({ id }) => (
          <Note key={id} id={id} />
        ))}
      </ul>
    </main>
  );
}

export const showNotes = (root: HTMLElement, server: string, subject: string, token: string): void => {
  // Once, outside of components. The provider suspends until the local store is open; no server is needed for that.
  const url = `${server}/apps/notes`;
  const client = openClient({ app, url, account: { issuer: 'tidemark-development', subject }, token: () => token });
  createRoot(root).render(
    <Suspense fallback={<p>Opening …</p>}>
      <TidemarkProvider client={client}>
        <SyncStatus />
        <Notes />
        <ConflictInbox />
      </TidemarkProvider>
    </Suspense>,
  );
};
