import { type ServerResponse, STATUS_CODES } from 'node:http';
import type { Duplex } from 'node:stream';
import { type Env, type Refusal, refuse, statusOf } from '@tidemark/protocol';
import { errorBody } from '../http/answer.ts';

const UNREAD: { readonly [nodeCode: string]: Refusal } = {
  HPE_HEADER_OVERFLOW: refuse('HEADERS_TOO_LARGE', 'The address and the headers are too large together.').error,
  ERR_HTTP_REQUEST_TIMEOUT: refuse('REQUEST_TIMEOUT', 'The request did not come to its end in time.').error,
  // Something on the way cut it off. What it asked for is not at fault: a client must not take this for a verdict on its mutations.
  HPE_INVALID_EOF_STATE: refuse('REQUEST_TIMEOUT', 'The connection ended before the request did. Send it again.').error,
};

/**
 * Answers what Node could not read as a request, which no handler hears of, and closes the connection. `latest` is the answer to the
 * request before, or to the one whose body broke: where some of it has been sent, nothing can be said any more.
 */
export const answerUnread = (error: Error, socket: Duplex, latest: ServerResponse | undefined, env: Pick<Env, 'uuid'>): void => {
  const isAnswering = latest?.headersSent === true && !(latest.writableFinished && latest.req.complete);
  if (isAnswering || !socket.writable) return void socket.destroy();
  const nodeCode = 'code' in error ? String(error.code) : '';
  const refusal = UNREAD[nodeCode] ?? refuse('BAD_REQUEST', 'This is no sound HTTP request.').error;
  const correlationId = env.uuid();
  const body = JSON.stringify(errorBody(refusal, correlationId));
  const status = statusOf(refusal.code);
  const head = [
    `HTTP/1.1 ${status} ${STATUS_CODES[status] ?? ''}`,
    'Content-Type: application/json',
    `Content-Length: ${Buffer.byteLength(body)}`,
    `X-Correlation-Id: ${correlationId}`,
    'Connection: close',
  ];
  socket.end(`${head.join('\r\n')}\r\n\r\n${body}`);
};
