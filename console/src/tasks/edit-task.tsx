import { Button, Group, Stack, TagsInput, TextInput } from '@mantine/core';
import { TASK_LIMITS, type Task } from '@tidemark/apps/time-tracker';
import { jsonEqual } from '@tidemark/protocol';
import { type FormEvent, useState } from 'react';
import { usePane } from '../pane/pane-context.ts';
import { useTaskWrites } from './use-task-writes.ts';

/** Title and tags of a task. Only what was changed is written, so that the rest can merge. */
export function EditTask({ task }: { readonly task: Task }) {
  const { close } = usePane();
  const { edit } = useTaskWrites();
  const [title, setTitle] = useState(task.title);
  const [tags, setTags] = useState<string[]>(task.tags);
  const tooLong = tags.find((tag) => tag.length > TASK_LIMITS.tagLengthMax);
  const save = async (event: FormEvent) => {
    event.preventDefault();
    const wanted = title.trim();
    const changes = { ...(wanted === task.title ? {} : { title: wanted }), ...(jsonEqual(tags, task.tags) ? {} : { tags }) };
    if (Object.keys(changes).length === 0 || (await edit(task, changes))) close();
  };
  return (
    <form onSubmit={(event) => void save(event)}>
      <Stack gap="md">
        <TextInput
          label="Title"
          data-autofocus
          maxLength={TASK_LIMITS.titleLengthMax}
          value={title}
          onChange={(change) => setTitle(change.currentTarget.value)}
        />
        <TagsInput
          label="Tags"
          description="Enter or a comma ends a tag"
          value={tags}
          onChange={setTags}
          maxTags={TASK_LIMITS.tagsMax}
          error={tooLong === undefined ? undefined : `A tag has at most ${TASK_LIMITS.tagLengthMax} characters.`}
        />
        <Group>
          <Button type="submit" disabled={title.trim() === '' || tooLong !== undefined}>
            Save
          </Button>
          <Button variant="default" onClick={close}>
            Cancel
          </Button>
        </Group>
      </Stack>
    </form>
  );
}
