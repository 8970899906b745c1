import { isJsonObject, type Json, type Refusal, type Result } from '@tidemark/protocol';

/** What pages of the extension ask of the worker. */
export type Request =
  | { readonly ask: 'status' }
  | { readonly ask: 'signIn' | 'register'; readonly email: string; readonly password: string }
  | { readonly ask: 'signOut' | 'sync' | 'export' | 'deleteData' }
  | { readonly ask: 'pause'; readonly paused: boolean }
  /** A site as the person typed it. */
  | { readonly ask: 'exclude'; readonly site: string }
  | { readonly ask: 'include'; readonly site: string }
  | { readonly ask: 'server'; readonly url: string }
  | { readonly ask: 'refused'; readonly decision: 'retry' | 'discard' };

/** What the worker answers to any of them: how things stand after it. `file`: what was exported. */
export interface Status {
  /** The e-mail address of whose browsing is recorded; null: nobody has signed in. */
  readonly email: string | null;
  /** False where the session at the server has ended: recording goes on, sending waits for a sign-in. */
  readonly hasSession: boolean;
  readonly server: string;
  readonly paused: boolean;
  readonly excluded: readonly string[];
  /** Records that wait for the server. */
  readonly pending: number;
  /** Records that the server does not take, and why. */
  readonly refused: readonly { readonly about: string; readonly message: string }[];
  readonly syncing: boolean;
  /** Everything is to be deleted at the server and is not yet. */
  readonly erasing: boolean;
  /** When everything was last at the server, in milliseconds. */
  readonly lastSyncAt: number | null;
  /** Why the last try did not succeed. */
  readonly trouble: Refusal | null;
  readonly file?: Json;
}
export type Answer = Result<Status>;

/** Tells pages to ask again. */
export const CHANGED = 'tidemark:changed';

const ASKS: ReadonlySet<unknown> = new Set([
  'status',
  'signIn',
  'register',
  'signOut',
  'sync',
  'export',
  'deleteData',
  'pause',
  'exclude',
  'include',
  'server',
  'refused',
]);

/** Only pages of this extension can send messages; they are of the same version. */
export const isRequest = (value: unknown): value is Request => isJsonObject(value) && ASKS.has(value.ask);
