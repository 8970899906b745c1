import { elapsed, pause, start } from '@tidemark/apps/time-tracker';
import { openUploadTimer } from '@tidemark/apps/time-tracker/client';
import type { KeptText } from '@tidemark/client/upload';

/** A timer on one device; `storage` is the page's localStorage, `before` what an older timer kept there. */
export const openTimer = (server: string, subject: string, token: string, storage: KeptText, before: readonly unknown[]) => {
  const timer = openUploadTimer({
    url: `${server}/apps/time-tracker`,
    token: () => token,
    account: { issuer: 'tidemark-development', subject },
    storage,
  });
  timer.importStored(before);
  const written = timer.put({ title: 'Read', intervals: [], archived: false, tags: [] });
  if (written.ok) {
    const { id } = written.value;
    timer.edit(id, (task) => start(task, Date.now()));
    timer.edit(id, (task) => pause(task, Date.now() + 1_500));
  }
  for (const task of timer.list()) console.log(task.title, elapsed(task, Date.now()));
  return timer;
};
