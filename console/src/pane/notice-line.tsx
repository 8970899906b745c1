import { Button, CloseButton } from '@mantine/core';
import { useEffect } from 'react';
import { after } from '../platform/browser.ts';
import classes from './notice-line.module.css';
import type { Notice } from './pane-context.ts';

const SHOWN_MS = 8_000;

/** Says for a moment what happened; it lies over the list and moves nothing. */
export function NoticeLine({ notice, onDone }: { readonly notice: Notice | null; readonly onDone: () => void }) {
  useEffect(() => (notice === null ? undefined : after(SHOWN_MS, onDone)), [notice, onDone]);
  const undo = notice?.undo;
  return (
    <div className={classes.place} role="status" aria-live="polite">
      {notice !== null && (
        <div className={classes.notice} data-kind={notice.kind}>
          <span className={classes.text}>{notice.text}</span>
          {undo !== undefined && (
            <Button
              size="compact-sm"
              variant="subtle"
              onClick={() => {
                undo();
                onDone();
              }}
            >
              Undo
            </Button>
          )}
          <CloseButton size="sm" aria-label="Dismiss" onClick={onDone} />
        </div>
      )}
    </div>
  );
}
