import { ActionIcon, TextInput } from '@mantine/core';
import { TASK_LIMITS } from '@tidemark/apps/time-tracker';
import { type FormEvent, useState } from 'react';
import { PlusIcon } from '../look/icons.tsx';
import { useTaskWrites } from './use-task-writes.ts';

/** One line to add a task: type, Enter. */
export function AddTask() {
  const { add } = useTaskWrites();
  const [title, setTitle] = useState('');
  const submit = async (event: FormEvent) => {
    event.preventDefault();
    const wanted = title.trim();
    if (wanted !== '' && (await add(wanted))) setTitle('');
  };
  return (
    <form onSubmit={(event) => void submit(event)}>
      <TextInput
        aria-label="New task"
        placeholder="What are you working on?"
        size="md"
        maxLength={TASK_LIMITS.titleLengthMax}
        value={title}
        onChange={(change) => setTitle(change.currentTarget.value)}
        rightSection={
          <ActionIcon type="submit" size="lg" aria-label="Add task" disabled={title.trim() === ''}>
            <PlusIcon />
          </ActionIcon>
        }
        rightSectionWidth={44}
      />
    </form>
  );
}
