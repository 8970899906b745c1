import type { JsonObject } from '@tidemark/protocol';
import type { ClientEnv, HttpRequest, HttpResponse } from '../platform/client-env.ts';
import type { Clock } from './clock.suite.ts';
import type { createHttp } from './server.suite.ts';

/** What happens to one request: nothing, lost on the way there, lost on the way back, no answer, or answered by somebody else. */
export type Fate =
  | 'pass'
  | 'dropRequest'
  | 'dropAnswer'
  | 'hang'
  | { readonly status: number; readonly body?: JsonObject; readonly headers?: { readonly [name: string]: string } };

export interface Seen {
  /** As `POST /apps/notes/sync/push`. */
  readonly line: string;
  readonly body: JsonObject | undefined;
}

/** What a test decides about the network. */
export interface Rules {
  fate: (request: Seen) => Fate;
  /** Changes a page may hold; the server's own limit otherwise. */
  pageLimit: number | undefined;
  /** Requests that reached the network. */
  readonly requests: Seen[];
}

export interface Network {
  /** Requests being worked on. */
  busy(): number;
  readonly env: () => ClientEnv;
}

type App = ReturnType<typeof createHttp>['app'];

export const createNetwork = (clock: Clock, rules: Rules, app: () => App): Network => {
  let busy = 0;
  const channels = new Map<string, Set<() => void>>();
  const answered = async (request: HttpRequest, path: string, seen: Seen): Promise<HttpResponse> => {
    busy += 1;
    try {
      const limited = path.endsWith('/sync/pull') && rules.pageLimit !== undefined;
      const body = limited ? JSON.stringify({ ...seen.body, limit: rules.pageLimit }) : request.body;
      const response = await app().request(path, {
        method: request.method,
        headers: request.headers,
        ...(body === undefined ? {} : { body }),
      });
      const text = await response.text();
      return { status: response.status, header: (name) => response.headers.get(name), text: async () => text };
    } finally {
      busy -= 1;
    }
  };
  const http = async (request: HttpRequest): Promise<HttpResponse> => {
    const url = new URL(request.url);
    const seen: Seen = { line: `${request.method} ${url.pathname}`, body: parse(request.body) };
    rules.requests.push(seen);
    const fate = rules.fate(seen);
    if (fate === 'dropRequest') throw new Error('connection refused');
    if (fate === 'hang') {
      await new Promise<void>((resolve) => clock.setTimer(request.timeoutMs, resolve));
      throw new Error('no answer in time');
    }
    if (typeof fate === 'object') return answerOf(fate.status, fate.body ?? {}, fate.headers ?? {});
    const response = await answered(request, url.pathname + url.search, seen);
    if (fate === 'dropAnswer') throw new Error('connection reset');
    return response;
  };
  const stream: ClientEnv['stream'] = async (request) => {
    const url = new URL(request.url);
    const abort = new AbortController();
    const response = await app().request(url.pathname + url.search, { headers: request.headers, signal: abort.signal });
    return { status: response.status, chunks: chunksOf(response, abort.signal), close: () => abort.abort() };
  };
  const channel: ClientEnv['channel'] = (name, onMessage) => {
    const others = channels.get(name) ?? new Set();
    channels.set(name, others.add(onMessage));
    return {
      post: () => {
        for (const other of others) if (other !== onMessage) other();
      },
      close: () => others.delete(onMessage),
    };
  };
  return {
    busy: () => busy,
    env: () => ({ ...clock, http, stream, channel, online: () => true, onOnline: () => () => undefined, lock: (_, task) => task() }),
  };
};

const parse = (text: string | undefined): JsonObject | undefined => (text === undefined ? undefined : JSON.parse(text));

const answerOf = (status: number, body: JsonObject, headers: { readonly [name: string]: string }): HttpResponse => ({
  status,
  header: (name) => headers[name.toLowerCase()] ?? null,
  text: async () => JSON.stringify(body),
});

async function* chunksOf(response: Response, signal: AbortSignal): AsyncGenerator<string> {
  const reader = response.body?.getReader();
  if (reader === undefined) return;
  signal.addEventListener('abort', () => void reader.cancel().catch(() => undefined));
  const decoder = new TextDecoder();
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return;
    yield decoder.decode(value, { stream: true });
  }
}
