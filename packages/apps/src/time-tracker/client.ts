import { type Client, type ClientOptions, openClient } from '@tidemark/client';
import type { Refusal } from '@tidemark/protocol';
import { timeTracker } from './schema.ts';
import { taskFromStored } from './stored-task.ts';

export type { DroppedEdit, KeptText } from './client/kept-tasks.ts';
export { openUploadTimer, type UploadTimer, type UploadTimerOptions, type UploadTimerStatus } from './client/upload-timer.ts';

type Collections = typeof timeTracker.collections;

const DEBOUNCE_MS = 1_500;

/**
 * The client that every app uses, as the timer wants it: edits wait 1.5 s for more of them. For a server that has only the
 * upload routes see openUploadTimer.
 */
export const openTimeTracker = (options: Omit<ClientOptions<Collections>, 'app'>): Promise<Client<Collections>> =>
  openClient({ debounceMs: DEBOUNCE_MS, ...options, app: timeTracker });

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
