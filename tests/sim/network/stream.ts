import type { HttpRequest, HttpStream } from '@tidemark/client';
import { strikes } from '../world/context.ts';
import { type Caller, initOf, type Way, withLimit } from './way.ts';

/** What the client reads of a stream, and how it ends. */
const createPipe = (isAlive: () => boolean) => {
  const pieces: string[] = [];
  let state: 'open' | 'over' | 'closed' | 'broken' = 'open';
  let wake: () => void = () => undefined;
  async function* chunks(onEnd: () => void): AsyncGenerator<string> {
    try {
      for (;;) {
        const piece = pieces.shift();
        if (!isAlive()) await new Promise(() => undefined);
        if (piece !== undefined) yield piece;
        else if (state === 'broken') throw new Error('the stream broke');
        else if (state !== 'open') return;
        else
          await new Promise<void>((resolve) => {
            wake = resolve;
          });
      }
    } finally {
      onEnd();
    }
  }
  return {
    chunks,
    push: (piece: string): void => {
      pieces.push(piece);
      wake();
    },
    /** False where it had ended before. */
    end: (how: 'over' | 'closed' | 'broken'): boolean => {
      if (state === 'closed' || state === 'broken') return false;
      state = how;
      wake();
      return true;
    },
  };
};

/** An event stream: it may break, fall silent, or be cut inside of an event. */
export const openStream = async (way: Way, broken: Set<() => void>, caller: Caller, request: HttpRequest): Promise<HttpStream> => {
  const { context, dice, watch } = way;
  const { loop, sometimes } = context;
  const { life, user, link } = caller;
  await loop.sleep(way.latency(), `${life.name} opens a stream`);
  const server = way.chooseServer();
  if (!link.there || !link.back || server === undefined || strikes(context, 'dropRequest')) throw new Error('no stream');
  const { path } = withLimit(request, context.profile.pageLimit);
  watch.onRequest(life, user, path, undefined);
  const response = await server.request(path, initOf(request));
  const reader = response.body?.getReader();
  const pipe = createPipe(() => life.alive);
  const end = (how: 'closed' | 'broken') => (): void => {
    if (!pipe.end(how)) return;
    broken.delete(breakOff);
    // A stream without a reader would keep its subscription; the server hears of it as it would of a closed socket.
    if (server.life.alive) void reader?.cancel().catch(() => undefined);
  };
  const breakOff = end('broken');
  const stopWatching = server.onDeath(breakOff);
  broken.add(breakOff);
  const decoder = new TextDecoder();
  const pump = async (): Promise<void> => {
    for (;;) {
      const next = await reader?.read();
      if (!life.alive) return breakOff();
      if (next === undefined || next.done) break;
      const text = decoder.decode(next.value, { stream: true });
      watch.onChunk(user, text);
      await loop.sleep(way.latency(), `${life.name} <- stream`);
      if (!link.back || !link.there || strikes(context, 'hang')) return sometimes.hit('stream went silent');
      // TCP cuts where it likes.
      const cut = dice.chance(0.3) ? dice.int(text.length) : text.length;
      pipe.push(text.slice(0, cut));
      if (strikes(context, 'truncate')) {
        sometimes.hit('stream cut inside of an event');
        return breakOff();
      }
      if (cut < text.length) pipe.push(text.slice(cut));
    }
    pipe.end('over');
  };
  pump().catch(breakOff);
  return { status: response.status, chunks: pipe.chunks(stopWatching), close: end('closed') };
};
