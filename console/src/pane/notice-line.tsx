import { Button, CloseButton } from '@mantine/core';
import { useEffect } from 'react';
import { after } from '../platform/browser.ts';
import classes from './notice-line.module.css';
import type { Notice } from './pane-context.ts';

const SHOWN_MS = 8_000;

interface NoticeLineProps {
  readonly notice: Notice | null;
  /** A sheet is open: the line goes to the head of the pane, away from the sheet's buttons. */
  readonly overSheet: boolean;
  readonly onDone: () => void;
}

/** Says for a moment what happened; it lies over everything else and moves nothing. */
export function NoticeLine({ notice, overSheet, onDone }: NoticeLineProps) {
  useEffect(() => (notice === null ? undefined : after(SHOWN_MS, onDone)), [notice, onDone]);
  const undo = notice?.undo;
  return (
    <div role="status" aria-live="polite" aria-label="What happened">
      {notice !== null && (
        <div className={classes.notice} data-kind={notice.kind} data-over-sheet={overSheet}>
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
