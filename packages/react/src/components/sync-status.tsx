import type { ReactNode } from 'react';
import { useSync } from '../hooks/use-sync.ts';
import { counted, statusText } from './words.ts';

export interface SyncStatusProps {
  /** Offered where signing in again is what helps. */
  readonly onSignIn?: () => void;
}

const lossText = (pending: number): string =>
  `This browser keeps nothing after the page is closed${pending === 0 ? '.' : `: ${counted(pending, 'change')} would be lost.`}`;

/** How syncing stands, in a line that screen readers hear of, with the button that helps. */
export function SyncStatus({ onSignIn }: SyncStatusProps): ReactNode {
  const { status, sync } = useSync();
  const { state, error, pending, durable } = status;
  const isSignedOut = state === 'signed out';
  const canSync = state === 'offline' || state === 'pending' || state === 'error';
  return (
    <section className="tidemark tidemark-sync-status" data-state={state.replace(' ', '-')} aria-label="Sync">
      <div role="status">
        <strong>{statusText(status)}</strong>
        {state === 'error' && error !== null && <p>{error.message}</p>}
        {!durable && <p>{lossText(pending)}</p>}
      </div>
      {canSync && (
        <button type="button" onClick={() => void sync()}>
          {state === 'error' ? 'Try again' : 'Sync now'}
        </button>
      )}
      {isSignedOut && onSignIn !== undefined && (
        <button type="button" onClick={onSignIn}>
          Sign in
        </button>
      )}
    </section>
  );
}
