import { Switch } from '@mantine/core';
import { useState } from 'react';
import { isCutOff, setCutOff } from './open-pane.ts';
import classes from './pane.module.css';
import { usePane, useStatus } from './pane-context.ts';
import { PaneMenu } from './pane-menu.tsx';
import { Trouble } from './trouble.tsx';
import { statusWords } from './words.ts';

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
      <Trouble status={status} />
    </header>
  );
}
