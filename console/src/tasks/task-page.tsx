import { SegmentedControl, TextInput } from '@mantine/core';
import { useState } from 'react';
import { SearchIcon } from '../look/icons.tsx';
import { AddTask } from './add-task.tsx';
import { EmptyList } from './empty-list.tsx';
import { TaskCard } from './task-card.tsx';
import classes from './tasks.module.css';
import { SHOWN_MAX, useTasks } from './use-tasks.ts';

const LISTS = [
  { value: 'active', label: 'Active' },
  { value: 'archived', label: 'Archived' },
];

/** The tasks: add one, choose the list, search it. */
export function TaskPage() {
  const [list, setList] = useState('active');
  const [search, setSearch] = useState('');
  const archived = list === 'archived';
  const tasks = useTasks(archived, search);
  return (
    <main className={classes.page}>
      <AddTask />
      <div className={classes.filter}>
        <SegmentedControl aria-label="Which tasks" size="xs" value={list} onChange={setList} data={LISTS} />
        <TextInput
          aria-label="Search tasks"
          placeholder="Search"
          size="xs"
          className={classes.search}
          leftSection={<SearchIcon size={14} />}
          value={search}
          onChange={(change) => setSearch(change.currentTarget.value)}
        />
      </div>
      {tasks?.length === 0 && <EmptyList archived={archived} searching={search.trim() !== ''} />}
      <ul className={classes.list} aria-label={archived ? 'Archived tasks' : 'Active tasks'}>
        {tasks?.map((task) => (
          <TaskCard key={task.id} task={task} />
        ))}
      </ul>
      {tasks?.length === SHOWN_MAX && <p className={classes.more}>These are the newest {SHOWN_MAX}; search for the others.</p>}
    </main>
  );
}
