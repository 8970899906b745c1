import type { Engine, SpaceRef } from '@tidemark/engine';
import { type Env, type Refusal, refuse } from '@tidemark/protocol';
import type { PullRequest } from '@tidemark/protocol/messages';
import { createAlarm } from './alarm.ts';
import { createPageReader } from './page-reader.ts';

/** The head is read again at least this often, in case a poke was lost; a comment is sent as heartbeat then. */
const TICK_MS = 15_000;

export interface LiveOptions {
  readonly engine: Engine;
  readonly env: Env;
  readonly space: SpaceRef;
  /** What a pull would send; its cursor moves with each page. */
  readonly request: PullRequest;
  /** Wall clock, milliseconds; the stream ends then. */
  readonly expiresAt: number;
  /** Asked every 15 s or so: whether the token would still be taken. The stream ends where not. */
  readonly isStillGood: () => Promise<boolean>;
  readonly printError: (refusal: Refusal) => string;
  /** Called for a fault of the machine, before the stream breaks off. */
  readonly onFault: (error: unknown) => void;
  /** Called once, however the stream ended. */
  readonly onEnd: () => void;
}

export interface Live {
  readonly stream: ReadableStream<Uint8Array>;
  /** Ends the stream after what was already begun. May be called twice. */
  end(): void;
}

const encoder = new TextEncoder();
const HEARTBEAT = ':\n\n';

/**
 * A stream of Server-Sent Events: a page at once, then pages after each poke until there is no more, a heartbeat in
 * between. It is pulled by its reader: a page is read from the storage only when the one before has gone out, so a
 * slow client holds one page and never a backlog.
 */
export const openLive = (options: LiveOptions): Live => {
  const { engine, env, space, expiresAt } = options;
  let state: 'open' | 'ending' | 'gone' = 'open';
  const alarm = createAlarm(env, () => Math.max(0, Math.min(TICK_MS, expiresAt - env.wall())));
  const readPage = createPageReader(engine, space, options.request);
  const unsubscribe = engine.subscribe(space, alarm.poke);
  const isDue = createIntervals(env, TICK_MS);
  const leave = (next: 'ending' | 'gone') => {
    const wasOpen = state === 'open';
    if (state !== 'gone') state = next;
    if (!wasOpen) return;
    unsubscribe();
    alarm.end();
    options.onEnd();
  };
  const refused = (refusal: Refusal) => {
    leave('ending');
    return `event: error\ndata: ${options.printError(refusal)}\n\n`;
  };
  // What to say next, undefined when there is nothing.
  const nextEvent = async (): Promise<string | undefined> => {
    await alarm.wait();
    if (state !== 'open') return undefined;
    if (env.wall() >= expiresAt) return refused(refuse('UNAUTHENTICATED', 'The token has expired.').error);
    const cause = alarm.take();
    if ((cause === 'tick' || isDue()) && !(await options.isStillGood())) {
      return refused(refuse('UNAUTHENTICATED', 'The token is no longer good: its session ended, or it was revoked.').error);
    }
    const page = await readPage();
    if (!page.ok) return refused(page.error);
    if (page.value.hasMore) alarm.poke();
    return page.value.event ?? (cause === 'tick' ? HEARTBEAT : undefined);
  };
  return { stream: streamOf(nextEvent, () => state, leave, options.onFault), end: () => leave('ending') };
};

/** Answers true once in each interval: a stream that is poked all the time never ticks. */
const createIntervals = (env: Pick<Env, 'mono'>, everyMs: number) => {
  let since = env.mono();
  return (): boolean => {
    if (env.mono() - since < everyMs) return false;
    since = env.mono();
    return true;
  };
};

const streamOf = (
  nextEvent: () => Promise<string | undefined>,
  stateOf: () => 'open' | 'ending' | 'gone',
  leave: (next: 'ending' | 'gone') => void,
  onFault: (error: unknown) => void,
): ReadableStream<Uint8Array> => {
  const pull = async (controller: ReadableStreamDefaultController<Uint8Array>) => {
    try {
      let event: string | undefined;
      while (event === undefined && stateOf() === 'open') event = await nextEvent();
      if (stateOf() === 'gone') return;
      if (event !== undefined) controller.enqueue(encoder.encode(event));
      if (stateOf() === 'ending') controller.close();
    } catch (error) {
      onFault(error);
      if (stateOf() !== 'gone') controller.error(error);
      leave('gone');
    }
  };
  return new ReadableStream({ pull, cancel: () => leave('gone') }, { highWaterMark: 0 });
};
