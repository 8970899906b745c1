import { faultText } from '@tidemark/protocol';
import type { ClientEnv } from '../platform/client-env.ts';
import { withLock } from '../with-lock.ts';
import { retryDelayMs } from './retry.ts';
import type { RoundEnd } from './round.ts';
import { firstState, type SyncEvent, type SyncEventKind, type SyncState, step } from './sync-state.ts';

export interface LoopOptions {
  readonly env: ClientEnv;
  readonly lockName: string;
  /** Milliseconds from a round to the next poll. */
  readonly pollMs: () => number;
  /** `asked`: it is not only for what was edited, but also for what the server has. */
  readonly round: (isCurrent: () => boolean, asked: boolean) => Promise<RoundEnd>;
  /** Called after each transition; `end` where a round has just ended. */
  readonly onChange: (state: SyncState, end: RoundEnd | undefined) => void;
}

/** Runs the state machine: arms its timers and starts its rounds. */
export interface Loop {
  state(): SyncState;
  dispatch<K extends SyncEventKind>(event: SyncEvent<K>): void;
  /** Asks for a round; resolves when it is over, or at once where none can run. */
  ask(): Promise<void>;
}

export const createLoop = ({ env, lockName, pollMs, round: runRound, onChange }: LoopOptions): Loop => {
  let state = firstState(env.online());
  let cancelTimer: () => void = () => undefined;
  let abandon: () => void = () => undefined;
  let asked = true;
  let waiters: { readonly round: number; readonly resolve: () => void }[] = [];

  const arm = (): void => {
    cancelTimer();
    cancelTimer = () => undefined;
    if (state.kind === 'idle' || state.kind === 'waiting' || state.kind === 'backoff') {
      const due = (): void => dispatch({ kind: 'due' });
      // A timer of 0 ms waits 1 ms in Node and up to 4 ms in browsers.
      cancelTimer = state.delayMs === 0 ? soon(due) : env.setTimer(state.delayMs, due);
    }
  };
  const dispatch = <K extends SyncEventKind>(event: SyncEvent<K>, end?: RoundEnd): void => {
    const before = state;
    if (event.kind !== 'edit' && event.kind !== 'done' && (event.kind !== 'due' || before.kind !== 'waiting')) asked = true;
    state = step(before, event);
    if (state === before) return;
    const isOther = state.round !== before.round;
    const isRunning = state.kind === 'running';
    if (before.kind === 'running' && (!isRunning || isOther)) abandon();
    if (isRunning && isOther) start(state.round);
    arm();
    onChange(state, end);
    const isOver = !isRunning && state.kind !== 'waiting';
    const last = isRunning ? state.round - 1 : state.round;
    const ready = waiters.filter(({ round }) => isOver || round <= last);
    waiters = waiters.filter((waiter) => !ready.includes(waiter));
    for (const { resolve } of ready) resolve();
  };

  const start = (round: number): void => {
    const isCurrent = (): boolean => state.kind === 'running' && state.round === round;
    const abandoned = new Promise<void>((resolve) => {
      abandon = resolve;
    });
    const work = async (): Promise<void> => {
      if (!isCurrent()) return;
      const wasAsked = asked;
      asked = false;
      const end = await runRound(isCurrent, wasAsked).catch(storeFailed);
      if (isCurrent()) dispatch(toEvent(end, round), end);
    };
    void withLock(env, lockName, () => Promise.race([work(), abandoned]));
  };
  const toEvent = (end: RoundEnd, round: number): SyncEvent => {
    if (end.kind === 'refused' || end.kind === 'fatal') return { kind: end.kind, round };
    if (end.kind === 'failed') return { kind: 'failed', round, retryMs: retryDelayMs(state.failures, env, end.askedMs) };
    return { kind: 'done', round, pollMs: pollMs() };
  };
  const ask = (): Promise<void> => {
    const wasRunning = state.kind === 'running';
    dispatch({ kind: 'ask' });
    if (state.kind !== 'running') return Promise.resolve();
    const round = wasRunning ? state.round + 1 : state.round;
    return new Promise((resolve) => waiters.push({ round, resolve }));
  };
  // Callers get the loop before its first transition.
  arm();
  return { state: () => state, dispatch, ask };
};

/** Calls `fire` after the present turn, unless cancelled. */
const soon = (fire: () => void): (() => void) => {
  let cancelled = false;
  queueMicrotask(() => {
    if (!cancelled) fire();
  });
  return () => {
    cancelled = true;
  };
};

/** A local store that cannot write now (full, gone) fails the round; the outbox and the server's receipts make a repeat safe. */
const storeFailed = (fault: unknown): RoundEnd => ({
  kind: 'failed',
  error: { code: 'STORAGE_FULL', message: `The local store failed: ${faultText(fault)}` },
});
