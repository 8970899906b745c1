import { Stack } from '@mantine/core';
import { ConflictCard } from './conflict-card.tsx';
import classes from './conflicts.module.css';
import { useConflicts } from './use-conflicts.ts';

/** Every open conflict, with what each side wrote. */
export function ConflictList() {
  const conflicts = useConflicts();
  if (conflicts.length === 0) {
    return (
      <p className={classes.none}>
        No open conflicts. When both panes edit the same field while one is offline, what had to give way is kept here until you decide.
      </p>
    );
  }
  return (
    <Stack gap="lg">
      {conflicts.map((conflict) => (
        <ConflictCard key={conflict.conflictId} conflict={conflict} />
      ))}
    </Stack>
  );
}
