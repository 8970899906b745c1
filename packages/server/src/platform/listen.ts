import {
  createServer as createHttpServer,
  type Server as HttpServer,
  type ServerOptions as HttpServerOptions,
  type ServerResponse,
} from 'node:http';
import type { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { getRequestListener, RequestError } from '@hono/node-server';
import { type Env, refuse } from '@tidemark/protocol';
import { errorBody } from '../http/answer.ts';
import { answerUnread } from './unread-request.ts';

/** What one connection may take of the server. */
export interface ListenLimits {
  /** Until all headers of a request are there, milliseconds; else 408. */
  readonly headersTimeoutMs: number;
  /** Until the whole request is there; else 408. A push of 8 MiB in 30 s wants 2.2 Mbit/s. */
  readonly requestTimeoutMs: number;
  /** A connection on which no byte moves for so long is closed. Live streams send a heartbeat every 15 s. */
  readonly idleTimeoutMs: number;
  /** Request line and headers together; else 431. Not below 16 KiB: a token may have 8. */
  readonly headerBytesMax: number;
  /** Connections above this are closed as they come. */
  readonly connectionsMax: number;
}

export const LISTEN_LIMITS: ListenLimits = {
  headersTimeoutMs: 10_000,
  requestTimeoutMs: 30_000,
  idleTimeoutMs: 120_000,
  headerBytesMax: 16 * 1024,
  connectionsMax: 10_000,
};

const HEADERS_COUNT_MAX = 100;
/** How often Node looks for requests that take too long; its own 30 s would let each last half a minute more. */
const CHECK_EVERY_MS_MAX = 1_000;

export interface Listener {
  readonly port: number;
  /** Stops accepting, lets what is under way finish, cuts off what is not done after `limitMs`; answers how many connections were cut. */
  close(limitMs: number): Promise<number>;
}

/** Listens with a fetch-style handler. Rejects when the address cannot be had (EADDRINUSE, EACCES). */
export const listen = async (
  fetch: (request: Request, peerAddress: string | undefined) => Response | Promise<Response>,
  address: { readonly port: number; readonly host: string },
  env: Env,
  limits: ListenLimits = LISTEN_LIMITS,
): Promise<Listener> => {
  const errorHandler = (error: unknown) => {
    if (!(error instanceof RequestError)) throw error;
    const refusal = refuse('BAD_REQUEST', 'The request line or the Host header is not sound.').error;
    const correlationId = env.uuid();
    return Response.json(errorBody(refusal, correlationId), { status: 400, headers: { 'X-Correlation-Id': correlationId } });
  };
  const answerRequest = getRequestListener((request, { incoming }) => fetch(request, incoming.socket.remoteAddress), { errorHandler });
  const connections = createConnections();
  const latest = new WeakMap<Duplex, ServerResponse>();
  const server = createHttpServer(nodeOptions(limits), (incoming, outgoing) => {
    connections.requested(incoming.socket, outgoing);
    latest.set(incoming.socket, outgoing);
    void answerRequest(incoming, outgoing);
  });
  server.maxConnections = limits.connectionsMax;
  server.maxHeadersCount = HEADERS_COUNT_MAX;
  server.setTimeout(limits.idleTimeoutMs);
  server.on('connection', connections.add);
  server.on('clientError', (error, socket) => answerUnread(error, socket, latest.get(socket), env));
  const port = await opened(server, address);
  const close = async (limitMs: number) => {
    const closed = new Promise<void>((resolve) => server.close(() => resolve()));
    connections.closeIdle();
    let cut = 0;
    const cancelTimer = env.setTimer(limitMs, () => {
      cut = connections.cut();
    });
    await closed;
    cancelTimer();
    return cut;
  };
  return { port, close };
};

const nodeOptions = ({ headersTimeoutMs, requestTimeoutMs, headerBytesMax }: ListenLimits): HttpServerOptions => ({
  headersTimeout: headersTimeoutMs,
  requestTimeout: requestTimeoutMs,
  connectionsCheckingInterval: Math.min(CHECK_EVERY_MS_MAX, headersTimeoutMs),
  maxHeaderSize: headerBytesMax,
  insecureHTTPParser: false,
});

/**
 * Which connections have requests under way. Node's own closeIdleConnections passes over a connection that never sent
 * a request, and browsers keep such ones in reserve: a shutdown would wait for them until its limit.
 */
const createConnections = () => {
  const underWay = new Map<Socket, number>();
  let stopping = false;
  const count = (socket: Socket, by: number) => {
    const now = (underWay.get(socket) ?? 0) + by;
    if (underWay.has(socket)) underWay.set(socket, now);
    if (stopping && now === 0) socket.destroySoon();
  };
  return {
    add: (socket: Socket) => {
      underWay.set(socket, 0);
      socket.once('close', () => underWay.delete(socket));
    },
    requested: (socket: Socket, outgoing: ServerResponse) => {
      count(socket, 1);
      outgoing.once('close', () => count(socket, -1));
      if (stopping) outgoing.setHeader('Connection', 'close');
    },
    closeIdle: () => {
      stopping = true;
      for (const [socket, requests] of underWay) if (requests === 0) socket.destroySoon();
    },
    /** Breaks off all that are left and answers how many. */
    cut: (): number => {
      const left = [...underWay.keys()];
      for (const socket of left) socket.destroy();
      return left.length;
    },
  };
};

const opened = (server: HttpServer, { port, host }: { readonly port: number; readonly host: string }): Promise<number> =>
  new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, host, () => {
      server.off('error', reject);
      const address = server.address();
      if (typeof address === 'object' && address !== null) resolve(address.port);
      else reject(new Error('The server listens on no port.'));
    });
  });
