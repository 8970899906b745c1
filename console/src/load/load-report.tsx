import { Button, Group, List, Stack, Text } from '@mantine/core';
import { useState } from 'react';
import { usePane, useReport } from '../pane/pane-context.ts';
import { counted } from '../pane/words.ts';
import type { CheckedFile, RefusedItem } from './check-file.ts';

function Refused({ items }: { readonly items: readonly RefusedItem[] }) {
  if (items.length === 0) return null;
  return (
    <section aria-label="Cannot be loaded">
      <Text fw={600} size="sm" mb={6}>
        {counted(items.length, 'item')} cannot be loaded
      </Text>
      <List size="sm" spacing={6}>
        {items.map((item) => (
          <List.Item key={item.position}>
            Item {item.position}
            {item.title !== '' && ` “${item.title}”`}: {item.error.message}{' '}
            <Text span size="xs" c="var(--quiet)" ff="monospace">
              {item.error.code}
            </Text>
          </List.Item>
        ))}
      </List>
    </section>
  );
}

/** What a file would bring, item by item, and the button that loads it. */
export function LoadReport({ file }: { readonly file: CheckedFile }) {
  const { client, close, tell } = usePane();
  const report = useReport();
  const [done, setDone] = useState<number | null>(null);
  const load = async () => {
    let loaded = 0;
    for (const task of file.ready) {
      setDone(loaded);
      if (!(await report(client.collection('tasks').put(task.fields, task.id)))) return setDone(null);
      loaded += 1;
    }
    tell({ kind: 'done', text: `${counted(loaded, 'task')} loaded.` });
    close();
  };
  const ignored = new Set(file.ready.flatMap((task) => task.ignored));
  return (
    <Stack gap="md">
      {file.problem !== null && <Text role="alert">{file.problem}</Text>}
      {file.problem === null && <Text>{counted(file.ready.length, 'task')} can be loaded.</Text>}
      {file.known.length > 0 && (
        <Text size="sm">{counted(file.known.length, 'task is', 'tasks are')} here already and will be left as they are.</Text>
      )}
      {ignored.size > 0 && <Text size="sm">Not part of a task, and left out: {[...ignored].join(', ')}.</Text>}
      <Refused items={file.refused} />
      <Group>
        <Button onClick={() => void load()} disabled={file.ready.length === 0} loading={done !== null}>
          Load {counted(file.ready.length, 'task')}
        </Button>
        <Button variant="default" onClick={close}>
          Cancel
        </Button>
        {done !== null && (
          <Text size="sm" role="status" className="numerals">
            {done} of {file.ready.length}
          </Text>
        )}
      </Group>
    </Stack>
  );
}
