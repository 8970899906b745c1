import type { ClientStore } from '../store/client-store.ts';
import { createIndexedDbStore } from '../store/indexeddb-store.ts';
import type { ClientEnv, HttpRequest, HttpStream } from './client-env.ts';

/** Who listens to a channel, in a browser without BroadcastChannel: nobody else. */
const noChannel = { post: () => undefined, close: () => undefined };

/** The real platform: a browser, or anything with the same globals (a worker, Deno, Node 20). The only file that touches them. */
export const browserEnv = (): ClientEnv => ({
  wall: () => Date.now(),
  mono: () => performance.now(),
  random: () => Math.random(),
  uuid: () => randomId(),
  setTimer: (delayMs, fire) => {
    const timer = setTimeout(fire, delayMs);
    return () => clearTimeout(timer);
  },
  http: async (request) => {
    const abort = new AbortController();
    const timer = setTimeout(() => abort.abort(new Error(`no answer within ${request.timeoutMs} ms`)), request.timeoutMs);
    try {
      const response = await fetch(request.url, toInit(request, abort.signal));
      // The deadline covers the body too: a connection that drips or hangs half way has failed as well.
      const text = await response.text();
      return { status: response.status, header: (name) => response.headers.get(name), text: async () => text };
    } finally {
      clearTimeout(timer);
    }
  },
  stream: openStream,
  online: () => typeof navigator === 'undefined' || navigator.onLine !== false,
  onOnline: (listener) => {
    if (typeof addEventListener !== 'function') return () => undefined;
    const up = (): void => listener(true);
    const down = (): void => listener(false);
    addEventListener('online', up);
    addEventListener('offline', down);
    return () => {
      removeEventListener('online', up);
      removeEventListener('offline', down);
    };
  },
  lock: async (name, task) => (typeof navigator !== 'undefined' && navigator.locks ? navigator.locks.request(name, task) : task()),
  channel: (name, onMessage) => {
    if (typeof BroadcastChannel === 'undefined') return noChannel;
    const channel = new BroadcastChannel(name);
    channel.onmessage = onMessage;
    return { post: () => channel.postMessage(null), close: () => channel.close() };
  },
});

/** IndexedDB, where the platform has one. Some browsers throw at the mere mention of it in a private window. */
export const browserIndexedDb = (): IDBFactory | undefined => {
  try {
    return typeof indexedDB === 'undefined' ? undefined : indexedDB;
  } catch {
    return undefined;
  }
};

/** A local store in the platform's IndexedDB, under this name. Rejects where there is none or it cannot be opened. */
export const openIndexedDbStore = async (name: string): Promise<ClientStore> => {
  const factory = browserIndexedDb();
  if (factory === undefined) throw new Error('This platform has no IndexedDB');
  return createIndexedDbStore({ factory, name, setTimer: browserEnv().setTimer });
};

/** randomUUID exists in secure contexts only; a page served over plain HTTP in a home network is not one. */
const randomId = (): string => {
  if (typeof crypto.randomUUID === 'function') return crypto.randomUUID();
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  const hex = [...bytes]
    .map((byte, i) => (i === 6 ? (byte & 15) | 64 : i === 8 ? (byte & 63) | 128 : byte).toString(16).padStart(2, '0'))
    .join('');
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-');
};

const toInit = ({ method, headers, body }: HttpRequest, signal: AbortSignal): RequestInit => ({
  method,
  headers,
  signal,
  cache: 'no-store',
  // The bearer token says who asks; a cookie never does.
  credentials: 'omit',
  body: body ?? null,
});

const openStream = async (request: HttpRequest): Promise<HttpStream> => {
  const abort = new AbortController();
  const timer = setTimeout(() => abort.abort(new Error(`no answer within ${request.timeoutMs} ms`)), request.timeoutMs);
  try {
    const response = await fetch(request.url, toInit(request, abort.signal));
    return { status: response.status, chunks: readChunks(response), close: () => abort.abort() };
  } finally {
    clearTimeout(timer);
  }
};

async function* readChunks(response: Response): AsyncGenerator<string> {
  if (response.body === null) return;
  const reader = response.body.getReader();
  const decoder = new TextDecoder();
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return;
    yield decoder.decode(value, { stream: true });
  }
}
