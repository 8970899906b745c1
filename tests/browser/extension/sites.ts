import { createServer, type IncomingMessage, request, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

const listen = async (answer: (asked: IncomingMessage, reply: ServerResponse) => void) => {
  const server = createServer(answer).listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  const address = server.address();
  const isBound = (value: typeof address): value is AddressInfo => typeof value === 'object' && value !== null;
  if (!isBound(address)) throw new Error('no port');
  return {
    port: address.port,
    close: () => {
      server.closeAllConnections();
      server.close();
    },
  };
};

export interface Sites {
  /** The address of a page; every name under `.test` is served here. */
  page(site: string, path: string): string;
  /** Paths that were really asked for. */
  readonly visited: string[];
  close(): void;
}

/** Pages of many sites, with a title each. */
export const openSites = async (): Promise<Sites> => {
  const visited: string[] = [];
  const { port, close } = await listen((asked, reply) => {
    visited.push(`${asked.headers.host?.split(':')[0]}${asked.url}`);
    reply.setHeader('Content-Type', 'text/html');
    reply.end(`<!doctype html><link rel="icon" href="data:,"><title>Page ${asked.url}</title><h1>${asked.url}</h1>`);
  });
  return { page: (site, path) => `http://${site}.test:${port}${path}`, visited, close };
};

export interface Wire {
  readonly url: string;
  /** Records of each batch that went through. */
  readonly batches: { readonly path: string; readonly count: number }[];
  /** `cut`: no connection. `hold`: the server gets batches, and its answers to them stay under way. */
  set(state: 'through' | 'cut' | 'hold'): void;
  /** Resolves when the server has answered a batch, and the answer is held. */
  held(): Promise<void>;
  close(): void;
}

const countOf = (body: string): number => {
  const sent: unknown = JSON.parse(body || '{}');
  const lists = Object.values(Object(sent)).filter(Array.isArray);
  return lists.reduce((sum, list) => sum + list.length, 0);
};

/** The wire between the extension and the server. */
export const openWire = async (server: string): Promise<Wire> => {
  let state: 'through' | 'cut' | 'hold' = 'through';
  let onHeld: (() => void) | undefined;
  const batches: { path: string; count: number }[] = [];
  const pass = async (asked: IncomingMessage, reply: ServerResponse): Promise<void> => {
    const chunks: Buffer[] = [];
    for await (const chunk of asked) chunks.push(Buffer.from(chunk));
    const body = Buffer.concat(chunks);
    const { method = 'GET', url = '', headers } = asked;
    // A preflight is no batch; Chromium lets it through while it plays being offline.
    const isBatch = method === 'POST' && url.includes('/api/sync/');
    if (isBatch) batches.push({ path: url, count: countOf(body.toString()) });
    const onward = request(`${server}${url}`, { method, headers }, (answer) => {
      const isHeld = isBatch && state === 'hold';
      if (isHeld) onHeld?.();
      else {
        reply.writeHead(answer.statusCode ?? 500, answer.headers);
        answer.pipe(reply);
      }
      if (isHeld) answer.resume();
    });
    onward.on('error', () => reply.destroy());
    onward.end(body);
  };
  const { port, close } = await listen((asked, reply) => {
    if (state === 'cut') asked.socket.destroy();
    else void pass(asked, reply).catch(() => reply.destroy());
  });
  return {
    url: `http://127.0.0.1:${port}`,
    batches,
    set: (next) => {
      state = next;
    },
    held: () =>
      new Promise((resolve) => {
        onHeld = resolve;
      }),
    close,
  };
};
