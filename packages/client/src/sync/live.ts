import type { PullAnswer } from '@tidemark/protocol/messages';
import type { ClientEnv, HttpStream } from '../platform/client-env.ts';
import { isPullAnswer } from './answers.ts';
import { type Calls, parseObject, REQUEST_TIMEOUT_MS } from './calls.ts';
import { retryDelayMs } from './retry.ts';
import { createSseParser } from './sse.ts';

/** The server sends a heartbeat at least every 15 s; a stream that is silent for so long is broken. */
const SILENCE_MAX_MS = 45_000;

export interface LiveOptions {
  readonly env: ClientEnv;
  readonly url: string;
  readonly calls: Calls;
  /** Where the stream is to begin; null: there is nothing to go on from yet. */
  readonly from: () => { readonly clientId: string; readonly cursor: string } | null;
  /** A page, and the cursor it goes on from. */
  readonly onPage: (page: PullAnswer, cursor: string) => Promise<void>;
}

/** The event stream of a session. It reconnects, each time after a wait, until it is stopped. */
export interface Live {
  start(): void;
  stop(): void;
  isOpen(): boolean;
}

export const createLive = (options: LiveOptions): Live => {
  let stopCurrent: (() => void) | null = null;
  let open = false;
  const start = (): void => {
    if (stopCurrent !== null) return;
    let stopped = false;
    let wake: () => void = () => undefined;
    let stream: HttpStream | null = null;
    const pause = (delayMs: number): Promise<void> =>
      new Promise((resolve) => {
        const cancel = options.env.setTimer(delayMs, resolve);
        wake = () => {
          cancel();
          resolve();
        };
      });
    stopCurrent = () => {
      stopped = true;
      open = false;
      stream?.close();
      wake();
    };
    const loop = async (): Promise<void> => {
      for (let failures = 0; !stopped; failures += 1) {
        const from = options.from();
        try {
          stream = from === null ? null : await connect(options, from);
          if (stopped) stream?.close();
          else if (stream !== null && from !== null) {
            open = true;
            if (await follow(options, stream, from.cursor)) failures = 0;
          }
        } catch {
          // A stream that breaks is the normal case of a phone; the next one starts from the stored cursor.
        }
        open = false;
        stream?.close();
        if (!stopped) await pause(retryDelayMs(failures, options.env));
      }
    };
    void loop();
  };
  return {
    start,
    stop: () => {
      stopCurrent?.();
      stopCurrent = null;
    },
    isOpen: () => open,
  };
};

const connect = async (
  { env, url, calls }: LiveOptions,
  from: { readonly clientId: string; readonly cursor: string },
): Promise<HttpStream | null> => {
  const address = `${url}/sync/live?clientId=${encodeURIComponent(from.clientId)}&cursor=${encodeURIComponent(from.cursor)}`;
  const openWith = (bearer: string): Promise<HttpStream> =>
    env.stream({
      method: 'GET',
      url: address,
      headers: { authorization: `Bearer ${bearer}`, accept: 'text/event-stream' },
      timeoutMs: REQUEST_TIMEOUT_MS,
    });
  const bearer = await calls.token();
  if (bearer === null) return null;
  let stream = await openWith(bearer);
  if (stream.status === 401) {
    stream.close();
    const fresh = await calls.token(bearer);
    if (fresh === null) return null;
    stream = await openWith(fresh);
  }
  if (stream.status === 200) return stream;
  stream.close();
  return null;
};

/** Reads a stream to its end. Answers whether anything came. */
const follow = async ({ env, onPage }: LiveOptions, stream: HttpStream, first: string): Promise<boolean> => {
  const parse = createSseParser();
  let cursor = first;
  let heard = false;
  let stopWatch = env.setTimer(SILENCE_MAX_MS, () => stream.close());
  try {
    for await (const chunk of stream.chunks) {
      heard = true;
      stopWatch();
      stopWatch = env.setTimer(SILENCE_MAX_MS, () => stream.close());
      for (const { event, data } of parse(chunk)) {
        if (event === 'error') return heard;
        const page = event === 'page' ? parseObject(data) : undefined;
        if (page === undefined || !isPullAnswer(page)) continue;
        await onPage(page, cursor);
        cursor = page.cursor;
      }
    }
  } finally {
    stopWatch();
  }
  return heard;
};
