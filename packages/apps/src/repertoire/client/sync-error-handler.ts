import type { Refusal } from '@tidemark/protocol';

/** An error as a person is told it. */
export interface UserFacingError {
  readonly title: string;
  /** What happened, and that nothing is lost. */
  readonly message: string;
  /** What to press; absent where waiting is all. */
  readonly action?: 'retry' | 'signIn' | 'freeSpace';
  /** To quote when the error is reported. */
  readonly correlationId?: string;
}

const SAFE = 'Your changes are kept on this device';

const WORDS: { readonly [code: string]: UserFacingError } = {
  UNAVAILABLE: { title: 'Offline', message: `${SAFE} and sync when the connection is back.`, action: 'retry' },
  UNAUTHENTICATED: { title: 'Sign in again', message: `${SAFE}. Sign in to sync them.`, action: 'signIn' },
  FORBIDDEN: { title: 'Sign in again', message: `${SAFE}. This account may not sync; sign in with another.`, action: 'signIn' },
  EMAIL_NOT_VERIFIED: {
    title: 'Verify your e-mail address',
    message: `${SAFE}. Google has not verified your address yet.`,
    action: 'retry',
  },
  TOO_MANY_REQUESTS: { title: 'A moment, please', message: `${SAFE}. The server asks to wait; syncing goes on by itself.` },
  BODY_TOO_LARGE: { title: 'Too much at once', message: `${SAFE}, but one of them is too large to sync.`, action: 'retry' },
  VALIDATION_FAILED: {
    title: 'Some changes do not sync',
    message: `${SAFE}. The server does not take some of them as they are: edit them again.`,
  },
  STORAGE_FULL: {
    title: 'This device is full',
    message: 'There is no space left to keep more. Free some, then try again.',
    action: 'freeSpace',
  },
};

const OTHER: UserFacingError = { title: 'Sync failed', message: `${SAFE}. Syncing will be tried again.`, action: 'retry' };

/** Tells people about errors: never in the words of a machine, always what to do. */
export const SyncErrorHandler = {
  handle: ({ code, details }: Refusal): UserFacingError => {
    const words = WORDS[code] ?? OTHER;
    const correlationId = details?.correlationId;
    return typeof correlationId === 'string' ? { ...words, correlationId } : words;
  },
};
