import { ActionIcon } from '@mantine/core';
import { elapsed, isRunning, type Task } from '@tidemark/apps/time-tracker';
import { memo } from 'react';
import { PauseIcon, PlayIcon } from '../look/icons.tsx';
import { durationText } from './duration.ts';
import { TaskMenu } from './task-menu.tsx';
import classes from './tasks.module.css';
import { useNow } from './use-now.ts';
import { useTaskWrites } from './use-task-writes.ts';

function Tracked({ task }: { readonly task: Task }) {
  const at = useNow(isRunning(task));
  return (
    <span role="timer" className={`${classes.time} numerals`} aria-label={`Time of ${task.title}`}>
      {durationText(elapsed(task, at))}
    </span>
  );
}

/** One task: its timer, its title, its tags. */
export const TaskCard = memo(function TaskCard({ task }: { readonly task: Task }) {
  const { toggle } = useTaskWrites();
  const running = isRunning(task);
  return (
    <li className={classes.card} data-running={running} data-task={task.id}>
      <ActionIcon
        size={44}
        radius="xl"
        variant={running ? 'filled' : 'light'}
        aria-label={`${running ? 'Pause' : 'Start'} ${task.title}`}
        onClick={() => void toggle(task)}
      >
        {running ? <PauseIcon size={20} /> : <PlayIcon size={20} />}
      </ActionIcon>
      <div className={classes.words}>
        <div className={classes.title}>{task.title}</div>
        <div className={classes.under}>
          <Tracked task={task} />
          {task.tags.map((tag) => (
            <span key={tag} className={classes.tag}>
              {tag}
            </span>
          ))}
        </div>
      </div>
      <TaskMenu task={task} />
    </li>
  );
});
