import { Button, Group, Stack, Text } from '@mantine/core';
import type { ParkedMutation } from '@tidemark/client';
import { useState } from 'react';
import classes from '../conflicts/conflicts.module.css';
import { usePane, useReport, useStatus } from '../pane/pane-context.ts';
import { dayAndTime } from '../pane/words.ts';
import { download } from '../platform/browser.ts';

const WANTED = { put: 'Save', patch: 'Edit', delete: 'Delete' } as const;

function ParkedCard({ parked }: { readonly parked: ParkedMutation }) {
  const { client, name } = usePane();
  const report = useReport();
  const [sure, setSure] = useState(false);
  const { mutation, error, parkedAt } = parked;
  const sent = mutation.fields?.title;
  const title = client.collection('tasks').get(mutation.id)?.title ?? (typeof sent === 'string' ? sent : mutation.id);
  return (
    <article className={classes.card} aria-label={`${WANTED[mutation.op]} ${title}`}>
      <h3>
        {WANTED[mutation.op]} <span className={classes.of}>“{title}”</span>
      </h3>
      <Text size="sm">{error.message}</Text>
      <p className={classes.rule}>
        <code>{error.code}</code> since {dayAndTime(parkedAt)}
      </p>
      <Group gap="xs">
        <Button size="xs" variant="light" onClick={() => void report(client.retryParked(mutation.mutationId))}>
          Try again
        </Button>
        <Button size="xs" variant="default" onClick={() => download(`tidemark-${name}-parked.json`, parked)}>
          Export
        </Button>
        <Button
          size="xs"
          color="red"
          variant={sure ? 'filled' : 'subtle'}
          onClick={() => (sure ? void client.discardParked(mutation.mutationId) : setSure(true))}
          onBlur={() => setSure(false)}
        >
          {sure ? 'Discard for good' : 'Discard'}
        </Button>
      </Group>
    </article>
  );
}

/** What the server refused for good. It stays here, and nothing waits behind it. */
export function ParkedList() {
  const { client } = usePane();
  useStatus();
  const parked = client.parked();
  if (parked.length === 0) {
    return <p className={classes.none}>Nothing is parked. A change that the server refuses is set aside here; nothing waits behind it.</p>;
  }
  return (
    <Stack gap="lg">
      {parked.map((one) => (
        <ParkedCard key={one.mutation.mutationId} parked={one} />
      ))}
    </Stack>
  );
}
