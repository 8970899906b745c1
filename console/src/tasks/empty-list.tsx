import { Button } from '@mantine/core';
import { LoadButton } from '../load/load-button.tsx';
import { FileIcon, WaveIcon } from '../look/icons.tsx';
import classes from './tasks.module.css';

const QUIET = {
  archived: 'Nothing is archived. A task that you archive waits here and keeps its time.',
  searching: 'No task matches. Each word must begin a word of the title or a tag.',
} as const;

/** What to try where there is no task yet. */
export function EmptyList({ archived, searching }: { readonly archived: boolean; readonly searching: boolean }) {
  if (searching || archived) return <p className={classes.nothing}>{searching ? QUIET.searching : QUIET.archived}</p>;
  return (
    <section className={classes.welcome} aria-label="What to try">
      <span className={classes.wave}>
        <WaveIcon size={36} />
      </span>
      <h2>No tasks yet</h2>
      <ol>
        <li>Add a task. It shows up in the other pane.</li>
        <li>Switch one pane offline and edit the task in both.</li>
        <li>Join them again: both edits are there, or a conflict shows you both.</li>
      </ol>
      <LoadButton>
        {(choose) => (
          <Button variant="light" size="sm" leftSection={<FileIcon />} onClick={choose}>
            Load tasks from a file
          </Button>
        )}
      </LoadButton>
    </section>
  );
}
