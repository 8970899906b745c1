/** Milliseconds of the wall clock. */
type Time = number;

export type IdleState = 'active' | 'idle' | 'locked';

/** A tab as the browser tells of it. */
export interface SeenTab {
  readonly id: number;
  readonly windowId: number;
  /** Is it the one that its window shows? */
  readonly active: boolean;
  /** Empty where there is none yet. */
  readonly url: string;
  /** Only where it surely belongs to `url`. */
  readonly title?: string;
  readonly audible: boolean;
  readonly incognito: boolean;
}

/** What the person has decided about recording. */
export interface Rules {
  /** False while paused. */
  readonly recording: boolean;
  /** Sites of which nothing is recorded; see exclusions.ts. */
  readonly excluded: readonly string[];
}

/** Everything there is to see at one moment. */
export interface Snapshot {
  readonly tabs: readonly SeenTab[];
  /** The window that has the keyboard; null: another program has it. */
  readonly focused: number | null;
  readonly idle: IdleState;
  readonly rules: Rules;
  /** Of the browser's present run: a tab id means something only together with it. */
  readonly session: string;
}

/** What can happen, and what it carries. */
export interface BrowserEvents {
  /** The recorder starts, or missed something, or the rules changed. */
  readonly snapshot: Snapshot;
  /** A tab was opened, moved, navigated or renamed. */
  readonly tab: { readonly tab: SeenTab };
  readonly activated: { readonly tabId: number; readonly windowId: number };
  readonly closed: { readonly tabId: number };
  readonly focus: { readonly windowId: number | null };
  readonly idle: { readonly state: IdleState };
  /** Nothing happened, and browser and machine are awake. */
  readonly beat: object;
}
export type BrowserEventKind = keyof BrowserEvents;
export type BrowserEvent<K extends BrowserEventKind = BrowserEventKind> = {
  [P in K]: { readonly kind: P; readonly at: Time } & BrowserEvents[P];
}[K];
