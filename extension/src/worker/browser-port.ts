import type { Snapshot } from '../recorder/browser-event.ts';

/** Whose browsing is recorded. Stays when the session at the server ends, until the person signs out. */
export interface Owner {
  readonly issuer: string;
  readonly subject: string;
  readonly email: string;
}

/** What the person has set, in this browser. */
export interface Settings {
  /** Address of the app's mount, without a slash at the end: http://localhost:8787/apps/browsing */
  readonly server: string;
  readonly paused: boolean;
  readonly excluded: readonly string[];
  /** Null: nobody has signed in, so nothing is recorded. */
  readonly owner: Owner | null;
}

export const FIRST_SETTINGS: Settings = { server: 'http://localhost:8787/apps/browsing', paused: false, excluded: [], owner: null };

/** The latest sign of life of a run of the browser, by the wall clock in milliseconds. */
export interface Seen {
  readonly session: string;
  readonly at: number;
}

export type Badge = 'none' | 'paused' | 'trouble';

/** What the worker asks of the browser. Implemented by platform/chrome-browser.ts. */
export interface BrowserPort {
  /** Names the present run of the browser: another one after each restart, the same after a stop of the worker. */
  session(): Promise<string>;
  look(): Promise<Pick<Snapshot, 'tabs' | 'focused' | 'idle'>>;
  readSettings(): Promise<Settings>;
  writeSettings(settings: Settings): Promise<void>;
  readSeen(): Promise<Seen | null>;
  /** Cheap: called every second while somebody looks at a page. */
  writeSeen(seen: Seen): Promise<void>;
  /** `beat`: also every minute. */
  setAlarms(wanted: { readonly sync: boolean; readonly beat: boolean }): Promise<void>;
  showBadge(badge: Badge): Promise<void>;
  /** Tells open pages of the extension that they should ask again. */
  tellPages(): void;
}
