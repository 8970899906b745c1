import type { HttpStream } from '../platform/client-env.ts';
import type { Meta } from '../store/rows.ts';
import { isPullAnswer } from './answers.ts';
import { parseObject, REQUEST_TIMEOUT_MS } from './calls.ts';
import { takeLivePage } from './live-page.ts';
import { retryDelayMs } from './retry.ts';
import type { SyncTools } from './round.ts';
import { createSseParser } from './sse.ts';

/** The server sends a heartbeat at least every 15 s; a stream that is silent for so long is broken. */
const SILENCE_MAX_MS = 45_000;

/** The event stream of a session. It reconnects, each time after a wait, until it is stopped. */
export interface Live {
  start(): void;
  stop(): void;
  /** The stream that is open. */
  current(): HttpStream | null;
}

/** `poke` is called where there is something that only a round can fetch. */
export const createLive = (tools: SyncTools, url: string, poke: () => void): Live => {
  const { env } = tools;
  let stopCurrent: (() => void) | null = null;
  let current: HttpStream | null = null;
  const start = (): void => {
    if (stopCurrent !== null) return;
    let stopped = false;
    let wake: () => void = () => undefined;
    let stream: HttpStream | null = null;
    const close = (): void => {
      current = null;
      stream?.close();
    };
    stopCurrent = () => {
      stopped = true;
      close();
      wake();
    };
    const loop = async (): Promise<void> => {
      for (let failures = 0; ; failures += 1) {
        const { meta } = tools.transactions.mirror;
        try {
          stream = await connect(tools, url, meta);
          if (stream !== null && !stopped) {
            current = stream;
            if (await follow(tools, stream, meta, poke)) failures = 0;
          }
        } catch {
          // A stream that breaks is the normal case of a phone; the next one starts from the stored cursor.
        }
        if (stopped) return stream?.close();
        close();
        await new Promise<void>((resolve) => {
          const cancel = env.setTimer(retryDelayMs(failures, env), resolve);
          wake = () => {
            cancel();
            resolve();
          };
        });
        if (stopped) return;
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
    current: () => current,
  };
};

/** A stream goes on from the stored cursor; null where there is none, as while a snapshot or a healing is under way, or it was refused. */
const connect = async ({ env, calls }: SyncTools, url: string, meta: Meta): Promise<HttpStream | null> => {
  const { clientId, cursor, pushed, staging, heal } = meta;
  if (cursor === null || staging || heal) return null;
  const stream = await calls.withToken(async (bearer) => {
    const opened = await env.stream({
      method: 'GET',
      url: `${url}/sync/live?${new URLSearchParams({ clientId, cursor, ...(pushed !== null && { pushed }) })}`,
      headers: { authorization: `Bearer ${bearer}`, accept: 'text/event-stream' },
      timeoutMs: REQUEST_TIMEOUT_MS,
    });
    if (opened.status !== 200) opened.close();
    return opened;
  });
  return stream?.status === 200 ? stream : null;
};

/** Reads a stream to its end. Answers whether anything but an error came. */
const follow = async (tools: SyncTools, stream: HttpStream, opened: Meta, poke: () => void): Promise<boolean> => {
  const parse = createSseParser();
  const watch = (): (() => void) => tools.env.setTimer(SILENCE_MAX_MS, () => stream.close());
  let asked = opened;
  let heard = false;
  let stopWatch = watch();
  try {
    for await (const chunk of stream.chunks) {
      stopWatch();
      stopWatch = watch();
      for (const { event, data } of parse(chunk)) {
        if (event === 'error') {
          // Why (an erasure, a revocation, a failing server) is for a round to find out: this session would rest in good faith.
          poke();
          return heard;
        }
        const page = event === 'page' ? parseObject(data) : undefined;
        if (!isPullAnswer(page)) continue;
        if (await takeLivePage(tools, page, asked)) poke();
        // The `ackedN` of its pages is that of another clientId: the next stream is opened with the present one.
        if (tools.transactions.mirror.meta.clientId !== opened.clientId) return true;
        asked = { ...asked, cursor: page.cursor };
      }
      heard = true;
    }
  } finally {
    stopWatch();
  }
  return heard;
};
