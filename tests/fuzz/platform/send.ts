import { connect } from 'node:net';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

const ANSWER_MS_MAX = 10_000;

export interface Sent {
  readonly status: number;
  readonly text: string;
  readonly ms: number;
}

/** A request through Node's own client. An event stream is left as soon as it answers. */
export const send = async (url: string, init: RequestInit): Promise<Sent> => {
  const began = performance.now();
  const abort = new AbortController();
  const timer = setTimeout(() => abort.abort(new Error(`no answer within ${ANSWER_MS_MAX} ms: ${url}`)), ANSWER_MS_MAX);
  try {
    const response = await fetch(url, { ...init, signal: abort.signal });
    const streams = response.headers.get('content-type')?.startsWith('text/event-stream') === true;
    const text = streams ? '' : await response.text();
    if (streams) await response.body?.cancel();
    return { status: response.status, text, ms: performance.now() - began };
  } finally {
    clearTimeout(timer);
  }
};

/** Sends bytes on a connection of their own and answers what came back until it was closed or `quietMs` passed in silence. */
export const sendRaw = (port: number, parts: readonly (string | Uint8Array)[], quietMs: number): Promise<string> =>
  new Promise((resolve) => {
    let answer = '';
    const socket = connect(port, '127.0.0.1');
    const finish = (): void => {
      socket.destroy();
      resolve(answer);
    };
    socket.setTimeout(quietMs, finish);
    socket.on('data', (bytes) => (answer += bytes.toString('latin1')));
    socket.on('error', finish);
    socket.on('close', finish);
    socket.on('connect', () => {
      // Left open: Node's server does not answer who has half-closed.
      for (const part of parts) socket.write(part);
    });
  });

/** Sends a request byte by byte as given (latin1) and answers the status once all headers are there; the rest is not waited for. */
export const sendText = (port: number, request: string): Promise<{ readonly status: number; readonly ms: number }> =>
  new Promise((resolve, reject) => {
    const began = performance.now();
    let answer = '';
    const socket = connect(port, '127.0.0.1');
    const fail = (why: string): void => {
      socket.destroy();
      reject(new Error(`${why}: ${request.slice(0, 500)}`));
    };
    socket.setTimeout(ANSWER_MS_MAX, () => fail(`no answer within ${ANSWER_MS_MAX} ms`));
    socket.on('data', (bytes) => {
      answer += bytes.toString('latin1');
      const status = /^HTTP\/1\.1 (\d{3})[\s\S]*\r\n\r\n/.exec(answer)?.[1];
      if (status === undefined) return;
      socket.destroy();
      resolve({ status: Number(status), ms: performance.now() - began });
    });
    socket.on('error', () => fail('the connection broke'));
    socket.on('close', () => fail('the connection was closed'));
    socket.on('connect', () => socket.write(request, 'latin1'));
  });

setFlagsFromString('--expose-gc');
const collect: () => void = runInNewContext('gc');

const COLLECTIONS = 4;
const BETWEEN_MS = 250;

/** Bytes that the process still holds after collecting its garbage; what finalizers let go takes more than one collection. */
export const heldBytes = async (): Promise<number> => {
  for (let time = 0; time < COLLECTIONS; time += 1) {
    collect();
    await new Promise((resolve) => setTimeout(resolve, BETWEEN_MS));
  }
  collect();
  const { heapUsed, external } = process.memoryUsage();
  return heapUsed + external;
};
