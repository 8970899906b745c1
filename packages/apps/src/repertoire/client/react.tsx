import { type ReactNode, useSyncExternalStore } from 'react';
import type { GoogleUser } from './authentication-service.ts';
import type { LocalPiece } from './piece-repository.ts';
import type { SyncStatus, SyncStatusSource } from './sync-status.ts';

// The status view and the two screens that show it at their top. They bring no look of their own: a page styles the class names.

/** The status as it is; the component renders again whenever it changes. */
export const useSyncStatus = (service: SyncStatusSource): SyncStatus =>
  useSyncExternalStore(service.onChange, service.status, service.status);

/** One line that says how syncing stands. */
export const wordsOf = ({ state, pending, error, progress }: SyncStatus): string => {
  const waiting = `${pending} ${pending === 1 ? 'change' : 'changes'} pending`;
  if (state === 'syncing') return progress === undefined ? 'Syncing …' : `Syncing … ${progress.done} of ${progress.total}`;
  if (state === 'offline') return pending === 0 ? 'Offline' : `Offline · ${waiting}`;
  if (state === 'error') return error?.title ?? 'Sync failed';
  return state === 'pending' ? waiting : 'Synced';
};

/**
 * How syncing stands: synced, syncing, so many pending, offline, or an error with what to do. Screen readers hear of each change.
 * `onSignIn` is offered where signing in again is what helps.
 */
export const SyncStatusView = (props: { readonly service: SyncStatusSource; readonly onSignIn?: () => void }): ReactNode => {
  const { service, onSignIn } = props;
  const status = useSyncStatus(service);
  const { state, error } = status;
  const isSignIn = error?.action === 'signIn' && onSignIn !== undefined;
  const canRetry = state === 'offline' || state === 'pending' || (state === 'error' && error?.action !== undefined && !isSignIn);
  return (
    <section className={`sync-status sync-status-${state}`} aria-label="Sync">
      <div role="status" aria-live="polite">
        <strong>{wordsOf(status)}</strong>
        {error === undefined ? null : <p>{error.message}</p>}
        {error?.correlationId === undefined ? null : <p>Report it as {error.correlationId}</p>}
      </div>
      {canRetry ? (
        <button type="button" onClick={() => void service.syncNow()}>
          {state === 'error' ? 'Try again' : 'Sync now'}
        </button>
      ) : null}
      {isSignIn ? (
        <button type="button" onClick={onSignIn}>
          Sign in
        </button>
      ) : null}
    </section>
  );
};

/** The list of pieces, the status atop. */
export const RepertoireScreen = (props: {
  readonly service: SyncStatusSource;
  readonly pieces: readonly LocalPiece[];
  readonly onOpen?: (pieceId: string) => void;
}): ReactNode => {
  const { service, pieces, onOpen } = props;
  return (
    <main>
      <SyncStatusView service={service} />
      <h1>Repertoire</h1>
      {pieces.length === 0 ? <p>No chants or songs yet. Add the first one.</p> : null}
      <ul>
        {pieces.map(({ pieceId, title, isFavorite }) => (
          <li key={pieceId}>
            <button type="button" onClick={() => onOpen?.(pieceId)}>
              {title}
              {isFavorite ? ' (favorite)' : ''}
            </button>
          </li>
        ))}
      </ul>
    </main>
  );
};

/** The person's page, the status atop. */
export const ProfileScreen = (props: {
  readonly service: SyncStatusSource;
  readonly user: GoogleUser | null;
  readonly onSignIn: () => void;
  readonly onSignOut: () => void;
}): ReactNode => {
  const { service, user, onSignIn, onSignOut } = props;
  return (
    <main>
      <SyncStatusView service={service} onSignIn={onSignIn} />
      <h1>Profile</h1>
      <p>{user === null ? 'Nobody is signed in.' : (user.name ?? user.email ?? user.id)}</p>
      <button type="button" onClick={user === null ? onSignIn : onSignOut}>
        {user === null ? 'Sign in with Google' : 'Sign out'}
      </button>
    </main>
  );
};
