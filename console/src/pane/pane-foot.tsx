import { Badge, Button } from '@mantine/core';
import type { ReactNode } from 'react';
import { ForkIcon, ParkedIcon } from '../look/icons.tsx';
import classes from './pane.module.css';
import { usePane, useStatus } from './pane-context.ts';
import { counted, timeOfDay } from './words.ts';

interface CounterProps {
  readonly icon: ReactNode;
  readonly count: number;
  readonly label: string;
  readonly onClick: () => void;
}

function Counter({ icon, count, label, onClick }: CounterProps) {
  return (
    <Button
      size="compact-md"
      variant={count > 0 ? 'light' : 'subtle'}
      color={count > 0 ? 'sea' : 'gray'}
      leftSection={icon}
      onClick={onClick}
      aria-label={`${label}: ${count}`}
      title={label}
    >
      <Badge size="sm" circle variant={count > 0 ? 'filled' : 'transparent'} color={count > 0 ? 'sea' : 'gray'} className="numerals">
        {count}
      </Badge>
    </Button>
  );
}

/** What waits here, when the last sync was, and what wants a person. */
export function PaneFoot() {
  const { open } = usePane();
  const { pending, parked, openConflicts, lastSyncAt, durable } = useStatus();
  return (
    <footer className={classes.foot}>
      <div className={classes.waiting}>
        <div className={pending > 0 ? classes.strong : undefined} data-outbox={pending}>
          {pending === 0 ? 'Outbox empty' : `${counted(pending, 'change')} in the outbox`}
        </div>
        <div className="numerals">
          {lastSyncAt === null ? 'Not synced yet' : `Last sync ${timeOfDay(lastSyncAt)}`}
          {!durable && ' · gone when this page closes'}
        </div>
      </div>
      <Counter icon={<ForkIcon />} count={openConflicts} label="Conflicts" onClick={() => open({ kind: 'conflicts' })} />
      <Counter icon={<ParkedIcon />} count={parked} label="Parked" onClick={() => open({ kind: 'parked' })} />
    </footer>
  );
}
