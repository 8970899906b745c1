import '@tidemark/react/theme.css';
import './page.css';
import { openClient } from '@tidemark/client';
import { ConflictInbox, SyncStatus, TidemarkProvider, useConflicts, useLiveQuery, useMutate, useRecord } from '@tidemark/react';
import { Suspense } from 'react';
import { createRoot } from 'react-dom/client';
import { app } from '../schema.js';

const { tasks } = app.collections;
const USER = 'demo';

/** A token of the development user. The client asks for another when one was refused. */
let token;
const tokenOf = async (refused) => {
  if (token === undefined || token === refused) {
    const body = JSON.stringify({ app: app.name, user: USER });
    const answer = await fetch('/development/token', { method: 'POST', headers: { 'content-type': 'application/json' }, body });
    token = (await answer.json()).token;
  }
  return token;
};

const client = openClient({
  app,
  url: `${location.origin}/apps/${app.name}`,
  account: { issuer: 'tidemark-development', subject: USER },
  token: tokenOf,
});

function Task({ id }) {
  const task = useRecord(tasks, id);
  const { patch, delete: remove } = useMutate(tasks);
  if (task === undefined) return null;
  return (
    <li>
      <label>
        <input type="checkbox" checked={task.isDone} onChange={() => patch(id, { isDone: !task.isDone })} /> {task.title}
      </label>
      <button type="button" aria-label={`Delete ${task.title}`} onClick={() => remove(id)}>
        Delete
      </button>
    </li>
  );
}

function Page() {
  const found = useLiveQuery(tasks, {
    orderBy: [
      ['isDone', 'asc'],
      ['title', 'asc'],
    ],
    limit: 200,
  });
  const { put } = useMutate(tasks);
  const { conflicts } = useConflicts();
  return (
    <main>
      <h1>my-app</h1>
      <SyncStatus />
      <form action={(form) => put({ title: form.get('title'), isDone: false })}>
        <input name="title" aria-label="New task" placeholder="New task" required maxLength={200} />
        <button type="submit">Add</button>
      </form>
      <ul>
        {found.map(({ id }) => (
          <Task key={id} id={id} />
        ))}
      </ul>
      {conflicts.length > 0 && <ConflictInbox />}
    </main>
  );
}

createRoot(document.getElementById('root')).render(
  <Suspense fallback={<p>Opening …</p>}>
    <TidemarkProvider client={client}>
      <Page />
    </TidemarkProvider>
  </Suspense>,
);
