import { UnstyledButton } from '@mantine/core';
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
    <UnstyledButton className={classes.counter} data-some={count > 0} onClick={onClick} aria-label={`${label}: ${count}`}>
      <span className={classes.count}>
        {icon}
        <span className="numerals">{count}</span>
      </span>
      <span>{label}</span>
    </UnstyledButton>
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
      <Counter icon={<ForkIcon size={16} />} count={openConflicts} label="Conflicts" onClick={() => open({ kind: 'conflicts' })} />
      <Counter icon={<ParkedIcon size={16} />} count={parked} label="Parked" onClick={() => open({ kind: 'parked' })} />
    </footer>
  );
}
