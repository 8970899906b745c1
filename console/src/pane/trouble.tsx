import { Alert, Button } from '@mantine/core';
import type { Status } from '@tidemark/client';
import type { ReactNode } from 'react';
import { download, reload } from '../platform/browser.ts';
import { startOver } from './open-pane.ts';
import classes from './pane.module.css';
import { usePane } from './pane-context.ts';

/** The store belongs to a space that this server does not have: after a reset of the demo, or an erasure. */
const ANOTHER_SPACE: ReadonlySet<string> = new Set(['WRONG_SPACE', 'SPACE_ERASED']);

interface WayOutProps {
  readonly onClick: () => void;
  readonly children: ReactNode;
}

function WayOut({ onClick, children }: WayOutProps) {
  return (
    <div>
      <Button size="compact-sm" variant="light" color="red" mt={6} onClick={onClick}>
        {children}
      </Button>
    </div>
  );
}

/** What keeps the client from syncing, and the way out of it. Nothing while all is well. */
export function Trouble({ status }: { readonly status: Status }) {
  const { client, name } = usePane();
  const { state, error } = status;
  if (state !== 'error' && state !== 'signed out') return null;
  const isElsewhere = error !== null && ANOTHER_SPACE.has(error.code);
  const begin = () => {
    if (client.outbox().length + client.parked().length > 0) download(`tidemark-${name}.json`, client.exportUnsynced());
    startOver(name);
    reload();
  };
  return (
    <Alert color="red" className={classes.trouble} p="xs" role="alert">
      {error?.message ?? 'This client is signed out. Its outbox is kept.'}
      {isElsewhere && <WayOut onClick={begin}>Start over with an empty store</WayOut>}
      {(state === 'signed out' || error?.code === 'CLIENT_REVOKED') && <WayOut onClick={client.signedIn}>Sign in again</WayOut>}
    </Alert>
  );
}
