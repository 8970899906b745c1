import { type Engine, type PullPage, printPull, type SpaceRef } from '@tidemark/engine';
import { type Env, type Refusal, refuse } from '@tidemark/protocol';
import type { PullRequest } from '@tidemark/protocol/messages';

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

const text = new TextEncoder();
const HEARTBEAT = text.encode(':\n\n');

/**
 * A stream of Server-Sent Events: a page at once, then pages after each poke until there is no more, a heartbeat in
 * between. It is pulled by its reader: a page is read from the storage only when the one before has gone out, so a
 * slow client holds one page and never a backlog. Pokes meanwhile fall together into one.
 */
export const openLive = (options: LiveOptions): Live => {
  const { engine, env, space, request } = options;
  let cursor = request.cursor;
  let lastAckedN: number | undefined;
  let first = true;
  let poked = true;
  let ticked = false;
  let ended = false;
  let cancelled = false;
  let wake = () => {};
  let cancelTimer = () => {};

  const poke = () => {
    poked = true;
    wake();
  };
  const tick = () => {
    ticked = true;
    poke();
  };
  const unsubscribe = engine.subscribe(space, poke);
  const end = () => {
    if (ended) return;
    ended = true;
    unsubscribe();
    cancelTimer();
    wake();
    options.onEnd();
  };
  const untilWoken = () =>
    new Promise<void>((resolve) => {
      wake = resolve;
      cancelTimer = env.setTimer(Math.max(0, Math.min(TICK_MS, options.expiresAt - env.wall())), tick);
    }).finally(() => cancelTimer());

  const isNews = (page: PullPage) =>
    first || page.rows.length > 0 || page.hasMore || page.reset !== undefined || page.cursor !== cursor || page.ackedN !== lastAckedN;

  // The next chunk, or undefined when there is nothing to say yet. A refusal ends the stream after its chunk.
  const nextChunk = async (): Promise<Uint8Array | undefined> => {
    if (env.wall() >= options.expiresAt) return refusal(refuse('UNAUTHENTICATED', 'The token has expired.').error);
    const heartbeat = ticked ? HEARTBEAT : undefined;
    poked = false;
    ticked = false;
    const page = await engine.pull(space, cursor === undefined ? request : { ...request, cursor });
    if (!page.ok) return refusal(page.error);
    if (!isNews(page.value)) return heartbeat;
    first = false;
    cursor = page.value.cursor;
    if (page.value.hasMore) poked = true;
    else lastAckedN = page.value.ackedN;
    return text.encode(`id: ${cursor}\nevent: page\ndata: ${printPull(page.value)}\n\n`);
  };
  const refusal = (error: Refusal) => {
    end();
    return text.encode(`event: error\ndata: ${options.printError(error)}\n\n`);
  };

  const pull = async (controller: ReadableStreamDefaultController<Uint8Array>) => {
    try {
      while (!ended) {
        if (!poked) await untilWoken();
        const chunk = ended ? undefined : await nextChunk();
        if (cancelled) return;
        if (chunk !== undefined) {
          controller.enqueue(chunk);
          break;
        }
      }
      if (ended && !cancelled) controller.close();
    } catch (error) {
      end();
      options.onFault(error);
      if (!cancelled) controller.error(error);
    }
  };
  const cancel = () => {
    cancelled = true;
    end();
  };
  return { stream: new ReadableStream({ pull, cancel }, { highWaterMark: 0 }), end };
};
