import { ActionIcon, Menu } from '@mantine/core';
import type { Task } from '@tidemark/apps/time-tracker';
import { ArchiveIcon, EditIcon, HistoryIcon, MoreIcon, ResetIcon, TrashIcon } from '../look/icons.tsx';
import { usePane } from '../pane/pane-context.ts';
import { useTaskWrites } from './use-task-writes.ts';

/** What else can be done with a task. */
export function TaskMenu({ task }: { readonly task: Task }) {
  const { open } = usePane();
  const writes = useTaskWrites();
  return (
    <Menu position="bottom-end" shadow="md">
      <Menu.Target>
        <ActionIcon variant="subtle" color="gray" size="lg" aria-label={`More for ${task.title}`}>
          <MoreIcon />
        </ActionIcon>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Item leftSection={<EditIcon />} onClick={() => open({ kind: 'edit', task })}>
          Rename and tag
        </Menu.Item>
        <Menu.Item leftSection={<HistoryIcon />} onClick={() => open({ kind: 'history', task })}>
          History
        </Menu.Item>
        <Menu.Item leftSection={<ArchiveIcon />} onClick={() => void writes.archive(task, !task.archived)}>
          {task.archived ? 'Back to active' : 'Archive'}
        </Menu.Item>
        <Menu.Item leftSection={<ResetIcon />} disabled={task.intervals.length === 0} onClick={() => void writes.reset(task)}>
          Reset the time
        </Menu.Item>
        <Menu.Divider />
        <Menu.Item color="red" leftSection={<TrashIcon />} onClick={() => void writes.remove(task)}>
          Delete
        </Menu.Item>
      </Menu.Dropdown>
    </Menu>
  );
}
