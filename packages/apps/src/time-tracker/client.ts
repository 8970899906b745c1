import { type Client, type ClientOptions, openClient } from '@tidemark/client';
import { openUploadClient, type UploadClient, type UploadClientOptions } from '@tidemark/client/upload';
import { ok, type Refusal } from '@tidemark/protocol';
import { isSameTask, mergeTask } from './client/merge-task.ts';
import { type Task, timeTracker } from './schema.ts';
import { taskFromStored } from './stored-task.ts';

type Collections = typeof timeTracker.collections;

const DEBOUNCE_MS = 1_500;

/**
 * The client that every app uses, as the timer wants it: edits wait 1.5 s for more of them. For a server that has only the
 * upload routes see openUploadTimer.
 */
export const openTimeTracker = (options: Omit<ClientOptions<Collections>, 'app'>): Promise<Client<Collections>> =>
  openClient({ debounceMs: DEBOUNCE_MS, ...options, app: timeTracker });

/**
 * The client for a server that has only the upload routes; its tasks are kept in localStorage. Intervals and tags of a conflict
 * are merged; of title and archived the later `updatedAt` stands, and the other is kept in `conflicts()`.
 */
export const openUploadTimer = (options: Omit<UploadClientOptions<Task>, 'kind'>): UploadClient<Task> =>
  openUploadClient({
    ...options,
    kind: {
      app: timeTracker.name,
      list: 'tasks',
      read: (value, now) => {
        const read = taskFromStored(value, now);
        return read.ok ? ok({ id: read.value.id, ...read.value.fields }) : read;
      },
      isSame: isSameTask,
      merge: mergeTask,
    },
  });

/**
 * Takes over what a timer kept before: each task whose id is not here yet. `now` in milliseconds. Repeatable; where another
 * device took over the same task, the two come together. Answers what could not be read or kept, by its place.
 */
export const importTasks = async (
  client: Client<Collections>,
  values: readonly unknown[],
  now: number,
): Promise<{ readonly taken: number; readonly refused: readonly { readonly place: number; readonly error: Refusal }[] }> => {
  const tasks = client.collection('tasks');
  const refused: { place: number; error: Refusal }[] = [];
  let taken = 0;
  for (const [place, value] of values.entries()) {
    const read = taskFromStored(value, now);
    if (read.ok && tasks.get(read.value.id) !== undefined) continue;
    const put = read.ok ? await tasks.put(read.value.fields, read.value.id) : read;
    if (put.ok) taken += 1;
    else refused.push({ place, error: put.error });
  }
  return { taken, refused };
};
