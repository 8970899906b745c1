import { start, type Task } from '@tidemark/apps/time-tracker';
import { openUploadTimer } from '@tidemark/apps/time-tracker/client';
import type { UploadClient } from '@tidemark/client/upload';

// The script of a page that holds a task timer which knows only the upload routes. Tests call it by `timerPage`.

let timer: UploadClient<Task> | undefined;

const opened = (): UploadClient<Task> => {
  if (timer === undefined) throw new Error('open the timer first');
  return timer;
};

const timerPage = {
  open: (url: string, token: string): void => {
    const account = { issuer: 'test', subject: 'demo' };
    timer = openUploadTimer({ url, token: () => token, account, storage: localStorage });
    timer.onChange(() => document.body.setAttribute('data-changes', String(Number(document.body.getAttribute('data-changes') ?? 0) + 1)));
  },
  state: () => opened().status().state,
  titles: () =>
    opened()
      .list()
      .map(({ title }) => title),
  start: (id: string) => opened().edit(id, (task) => start(task, 5)).ok,
  rename: (id: string, title: string) => opened().edit(id, (task) => ({ ...task, title })).ok,
};

Object.assign(globalThis, { timerPage });
