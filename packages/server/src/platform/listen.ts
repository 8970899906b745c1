import { createServer as createHttpServer, type Server as HttpServer } from 'node:http';
import { getRequestListener, RequestError } from '@hono/node-server';
import { type Env, refuse } from '@tidemark/protocol';
import { errorBody } from '../http/answer.ts';

const HEADERS_TIMEOUT_MS = 10_000;
const REQUEST_TIMEOUT_MS = 30_000;

export interface Listener {
  readonly port: number;
  /** Stops accepting, lets what is under way finish, cuts off what is not done after `limitMs`; answers how many connections were cut. */
  close(limitMs: number): Promise<number>;
}

/** Listens with a fetch-style handler. Rejects when the address cannot be had (EADDRINUSE, EACCES). */
export const listen = async (
  fetch: (request: Request) => Response | Promise<Response>,
  address: { readonly port: number; readonly host: string },
  env: Env,
): Promise<Listener> => {
  let stopping = false;
  const errorHandler = (error: unknown) => {
    if (!(error instanceof RequestError)) throw error;
    return Response.json(errorBody(refuse('BAD_REQUEST', 'The request line or the Host header is not sound.').error, env.uuid()), {
      status: 400,
    });
  };
  const answerRequest = getRequestListener((request) => fetch(request), { errorHandler });
  const server = createHttpServer({ headersTimeout: HEADERS_TIMEOUT_MS, requestTimeout: REQUEST_TIMEOUT_MS }, (incoming, outgoing) => {
    outgoing.on('close', () => {
      if (stopping) server.closeIdleConnections();
    });
    if (stopping) outgoing.setHeader('Connection', 'close');
    void answerRequest(incoming, outgoing);
  });
  const port = await opened(server, address);
  const close = async (limitMs: number) => {
    stopping = true;
    let cut = 0;
    const cancelTimer = env.setTimer(limitMs, () => {
      server.getConnections((_, count) => {
        cut = count;
        server.closeAllConnections();
      });
    });
    await new Promise<void>((resolve) => server.close(() => resolve()));
    cancelTimer();
    return cut;
  };
  return { port, close };
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
