import type { Task } from '@tidemark/apps/time-tracker';
import { useEffect, useState } from 'react';
import { usePane } from '../pane/pane-context.ts';

/** The most that one list shows; more are found by searching. */
export const SHOWN_MAX = 200;

/** The tasks that match, the newest first, kept up to date. Null until the store has answered. */
export const useTasks = (archived: boolean, search: string): readonly Task[] | null => {
  const { client } = usePane();
  const [tasks, setTasks] = useState<readonly Task[] | null>(null);
  useEffect(() => {
    const words = search.trim();
    const query = { where: { archived }, orderBy: [['id', 'desc']], limit: SHOWN_MAX, ...(words === '' ? {} : { search: words }) } as const;
    return client.collection('tasks').live(query, setTasks);
  }, [client, archived, search]);
  return tasks;
};
