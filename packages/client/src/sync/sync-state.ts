/**
 * The sync loop of a session as an immutable state machine. It decides only *when* a round of pushes and pulls runs;
 * what a round does stands in round.ts, and no data is in here. Invariants:
 *
 * 1. At most one round is current: `round` grows with each start, and the end of an older one is not heard.
 * 2. A round starts only because something from outside asked for it (an edit, a poke, a timer with a positive
 *    delay, the network, a person), never because another ended. So there is no loop without a wait.
 * 3. Nothing is sent in `offline`, `signedOut`, `stopped` and `closed`. Edits are queued in all of them.
 * 4. Every failure leads to a state that something leads out of: `backoff` (a timer), `offline` (the network),
 *    `signedOut` (a person). Only `stopped` (another space, an erased one) needs a new session.
 */
export type SyncKind = 'idle' | 'waiting' | 'running' | 'backoff' | 'offline' | 'signedOut' | 'stopped' | 'closed';

export interface SyncState {
  readonly kind: SyncKind;
  /** Number of the latest round. */
  readonly round: number;
  /** Rounds that failed one after the other. */
  readonly failures: number;
  /** Milliseconds after which this state is `due`: idle (poll), waiting (debounce), backoff (retry). */
  readonly delayMs: number;
  /** While running: something new was asked for meanwhile; how long to wait then, or null. */
  readonly againMs: number | null;
}

/** What can happen, and what it carries. */
export interface SyncEvents {
  /** Something is in the outbox. `delayMs` as the debounce says. */
  readonly edit: { readonly delayMs: number };
  /** There may be more at the server. */
  readonly poke: object;
  /** A person asks for a round, now. */
  readonly ask: object;
  /** The delay of the state is over. */
  readonly due: object;
  readonly done: { readonly round: number; readonly pollMs: number };
  readonly failed: { readonly round: number; readonly retryMs: number };
  /** No token, or the server does not take it. */
  readonly refused: { readonly round: number };
  readonly fatal: object;
  readonly offline: object;
  readonly online: object;
  readonly signedIn: { readonly online: boolean };
  readonly close: object;
}
export type SyncEventKind = keyof SyncEvents;
export type SyncEvent<K extends SyncEventKind = SyncEventKind> = { [P in K]: { readonly kind: P } & SyncEvents[P] }[K];
/** What an event leads to; it leads nowhere where it has no entry. */
type Row = { readonly [K in SyncEventKind]?: ((state: SyncState, event: SyncEvent<K>) => SyncState) | undefined };

export const firstState = (online: boolean): SyncState => ({
  kind: online ? 'waiting' : 'offline',
  round: 0,
  failures: 0,
  delayMs: 0,
  againMs: null,
});

const to =
  (kind: SyncKind) =>
  (state: SyncState): SyncState => ({ ...state, kind, againMs: null });
const run = (state: SyncState): SyncState => ({ ...state, kind: 'running', round: state.round + 1, againMs: null });
const wait = (state: SyncState, delayMs: number): SyncState => ({ ...state, kind: 'waiting', delayMs, againMs: null });
const again = (state: SyncState, delayMs: number): SyncState => ({ ...state, againMs: Math.min(state.againMs ?? delayMs, delayMs) });
/** Heard only from the current round. */
const current =
  <E extends { readonly round: number }>(next: (state: SyncState, event: E) => SyncState) =>
  (state: SyncState, event: E): SyncState =>
    event.round === state.round ? next(state, event) : state;

const finish = current<SyncEvent<'done'>>((state, event) => {
  const rested = { ...state, failures: 0 };
  return state.againMs === null ? { ...rested, kind: 'idle', delayMs: event.pollMs } : wait(rested, state.againMs);
});
const fail = current<SyncEvent<'failed'>>((state, event) => ({
  ...state,
  kind: 'backoff',
  failures: state.failures + 1,
  delayMs: event.retryMs,
  againMs: null,
}));
const signedIn = (state: SyncState, event: SyncEvent<'signedIn'>): SyncState =>
  event.online ? run({ ...state, failures: 0 }) : to('offline')(state);

/** What is the same wherever a session lives. */
const alive = { fatal: to('stopped'), offline: to('offline'), close: to('closed') } satisfies Row;

const rested: Row = { ...alive, edit: (state, event) => wait(state, event.delayMs), ask: run, due: run, signedIn: run };

/** Every state with every event. */
export const TRANSITIONS: { readonly [S in SyncKind]: Row } = {
  idle: { ...rested, poke: run },
  waiting: rested,
  running: {
    ...alive,
    edit: (state, event) => again(state, event.delayMs),
    poke: (state) => again(state, 0),
    ask: (state) => again(state, 0),
    // All may be queued anew, under another clientId.
    signedIn: (state) => again(state, 0),
    done: finish,
    failed: fail,
    refused: current(to('signedOut')),
  },
  // Edits and pokes do not shorten a backoff: the server may be failing under load.
  backoff: { ...alive, ask: run, due: run, online: run, signedIn: run },
  offline: { ...alive, offline: undefined, online: run },
  signedOut: { ...alive, offline: undefined, signedIn },
  stopped: { close: to('closed') },
  closed: {},
};

/** The next state; the same object where nothing changes. */
export const step = <K extends SyncEventKind>(state: SyncState, event: SyncEvent<K>): SyncState => {
  const row: Row = TRANSITIONS[state.kind];
  return row[event.kind]?.(state, event) ?? state;
};
