import { edited, isRunning, pause, reset, start, type Task } from '@tidemark/apps/time-tracker';
import { usePane, useReport } from '../pane/pane-context.ts';
import { newTaskId, now } from '../platform/browser.ts';

/** The edits of tasks. Each answers whether it is stored; a refusal is shown to the person. */
export const useTaskWrites = () => {
  const { client, tell } = usePane();
  const report = useReport();
  const tasks = client.collection('tasks');
  const write = (task: Task, fields: Partial<Pick<Task, 'title' | 'archived' | 'tags' | 'intervals'>>) =>
    report(tasks.patch(task.id, edited(fields, now())));
  return {
    add: (title: string) => report(tasks.put({ title, archived: false, tags: [], intervals: [], updatedAt: now() }, newTaskId())),
    toggle: (task: Task) => {
      const next = isRunning(task) ? pause(task, now()) : start(task, now());
      return write(task, { intervals: next.intervals });
    },
    reset: (task: Task) => write(task, { intervals: reset(task).intervals }),
    edit: (task: Task, fields: Partial<Pick<Task, 'title' | 'tags'>>) => write(task, fields),
    /** An archived task does not run on. */
    archive: (task: Task, archived: boolean) =>
      write(task, isRunning(task) ? { archived, intervals: pause(task, now()).intervals } : { archived }),
    remove: async (task: Task) => {
      if (!(await report(tasks.delete(task.id)))) return;
      const { id, ...fields } = task;
      tell({ kind: 'done', text: `“${task.title}” deleted.`, undo: () => void report(tasks.put(edited(fields, now()), id)) });
    },
  };
};
