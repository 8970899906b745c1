import { type Client, type ClientOptions, openClient } from '@tidemark/client';
import { timeTracker } from './schema.ts';

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
