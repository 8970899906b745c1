import { Button, EmptyState, Loader } from '@mantine/core';
import type { Result } from '@tidemark/protocol';
import { useEffect, useState } from 'react';
import { WaveIcon } from '../look/icons.tsx';
import { reload } from '../platform/browser.ts';
import { openPane, type TrackerClient } from './open-pane.ts';
import classes from './pane.module.css';
import { PaneView } from './pane.tsx';

const opening = new Map<string, Promise<Result<TrackerClient>>>();

/** One client per page, however often React mounts us. */
const openOnce = (name: string): Promise<Result<TrackerClient>> => {
  const known = opening.get(name) ?? openPane(name);
  opening.set(name, known);
  return known;
};

function CannotOpen({ why }: { readonly why: string }) {
  return (
    <div className={classes.middle} role="alert">
      <EmptyState icon={<WaveIcon size={40} />} title="Your tasks cannot be opened" description={why}>
        <EmptyState.Actions>
          <Button onClick={reload}>Try again</Button>
        </EmptyState.Actions>
      </EmptyState>
    </div>
  );
}

/** Opens the client, then shows its tasks. */
export function Boot({ name }: { readonly name: string }) {
  const [client, setClient] = useState<TrackerClient | null>(null);
  const [why, setWhy] = useState<string | null>(null);
  useEffect(() => {
    openOnce(name).then(
      (opened) => (opened.ok ? setClient(opened.value) : setWhy(opened.error.message)),
      (fault: unknown) => setWhy(`The browser refused to open its store: ${String(fault)}`),
    );
  }, [name]);
  if (why !== null) return <CannotOpen why={why} />;
  if (client !== null) return <PaneView name={name} client={client} />;
  return (
    <div className={classes.middle}>
      <Loader aria-label="Opening your tasks" />
    </div>
  );
}
