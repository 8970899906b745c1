import type { ClientStore } from '../store/client-store.ts';
import { createIndexedDbStore } from '../store/indexeddb-store.ts';
import type { ClientEnv, HttpRequest } from './client-env.ts';

/** The real platform: a browser, or anything with the same globals (a worker, Deno, Node 20). The only file that touches them. */
export const browserEnv = (): ClientEnv => ({
  wall: () => Date.now(),
  mono: () => performance.now(),
  random: () => Math.random(),
  uuid: newId,
  setTimer,
  http: async (request) => {
    // The deadline covers the body too: a connection that drips or hangs half way has failed as well.
    const response = await send(request, AbortSignal.timeout(request.timeoutMs));
    const text = await response.text();
    return { status: response.status, header: (name) => response.headers.get(name), text: async () => text };
  },
  stream: async (request) => {
    const abort = new AbortController();
    const cancel = setTimer(request.timeoutMs, () => abort.abort());
    try {
      const response = await send(request, abort.signal);
      return { status: response.status, chunks: readChunks(response), close: () => abort.abort() };
    } finally {
      cancel();
    }
  },
  online: () => globalThis.navigator?.onLine !== false,
  onOnline: (listener) => {
    const abort = new AbortController();
    const tell = (): void => listener(navigator.onLine);
    for (const event of ['online', 'offline']) globalThis.addEventListener?.(event, tell, abort);
    return () => abort.abort();
  },
  // Locks exist in secure contexts only.
  lock: async (name, task) => (globalThis.navigator?.locks ? navigator.locks.request(name, task) : task()),
  channel: (name, onMessage) => {
    const channel = new BroadcastChannel(name);
    channel.onmessage = onMessage;
    return { post: () => channel.postMessage(null), close: () => channel.close() };
  },
});

/** A local store in the platform's IndexedDB, under this name. Rejects where there is none or it cannot be opened. */
export const openIndexedDbStore = async (name: string): Promise<ClientStore> =>
  createIndexedDbStore({ factory: indexedDB, name, setTimer });

const setTimer: ClientEnv['setTimer'] = (delayMs, fire) => {
  const timer = setTimeout(fire, delayMs);
  return () => clearTimeout(timer);
};

/**
 * A UUID of version 7 (RFC 9562): 48 bits of the clock, then 74 random ones. Receipts, and records that get such an id, lie in the server's
 * database by it: those written together stand together. Not randomUUID, which exists in secure contexts only.
 */
const newId = (): string => {
  // Each 0 stands for four random bits, the 8 for two behind a one.
  const [...bytes] = crypto.getRandomValues(new Uint8Array(19));
  const draw = (digit: string): string => (((bytes.pop() ?? 0) & (15 >> (Number(digit) / 4))) | Number(digit)).toString(16);
  const time = Date.now().toString(16).padStart(12, '0').replace(/.{8}/, '$&-');
  return time + '-7000-8000-000000000000'.replace(/[08]/g, draw);
};

const send = ({ url, method, headers, body }: HttpRequest, signal: AbortSignal): Promise<Response> =>
  // The bearer token says who asks; a cookie never does.
  fetch(url, { method, headers, signal, cache: 'no-store', credentials: 'omit', body: body ?? null });

async function* readChunks({ body }: Response): AsyncGenerator<string> {
  const reader = body?.pipeThrough(new TextDecoderStream()).getReader();
  for (let next = await reader?.read(); next?.value !== undefined; next = await reader?.read()) yield next.value;
}
