import { Alert, Button, Switch } from '@mantine/core';
import type { Status } from '@tidemark/client';
import { useState } from 'react';
import { download, reload } from '../platform/browser.ts';
import { isCutOff, setCutOff, startOver } from './open-pane.ts';
import classes from './pane.module.css';
import { usePane, useStatus } from './pane-context.ts';
import { PaneMenu } from './pane-menu.tsx';
import { statusWords } from './words.ts';

/** The store belongs to a space that this server does not have: after a reset of the demo, or an erasure. */
const ANOTHER_SPACE: ReadonlySet<string> = new Set(['WRONG_SPACE', 'SPACE_ERASED']);

function Trouble({ error }: { readonly error: NonNullable<Status['error']> }) {
  const { client, name } = usePane();
  const begin = () => {
    if (client.outbox().length + client.parked().length > 0) download(`tidemark-${name}.json`, client.exportUnsynced());
    startOver(name);
    reload();
  };
  return (
    <Alert color="red" className={classes.trouble} p="xs" role="alert">
      {error.message}
      {ANOTHER_SPACE.has(error.code) && (
        <Button size="compact-sm" variant="light" color="red" mt={6} onClick={begin}>
          Start over with an empty store
        </Button>
      )}
    </Alert>
  );
}

/** Name, status and offline switch of the pane. */
export function PaneHead() {
  const { client, name } = usePane();
  const status = useStatus();
  const [offline, setOffline] = useState(() => isCutOff(name));
  return (
    <header className={classes.head}>
      <div className={classes.row}>
        <h1 className={classes.name}>{name}</h1>
        <span className={classes.status} role="status" aria-live="polite" aria-label="Sync status" data-state={status.state}>
          {statusWords(status)}
        </span>
        <span className={classes.space} />
        <Switch
          label="Offline"
          labelPosition="left"
          size="sm"
          checked={offline}
          onChange={(change) => {
            const cutOff = change.currentTarget.checked;
            setOffline(cutOff);
            setCutOff(name, client, cutOff);
          }}
        />
        <PaneMenu />
      </div>
      {status.state === 'error' && status.error !== null && <Trouble error={status.error} />}
    </header>
  );
}
