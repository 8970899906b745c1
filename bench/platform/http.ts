import { Agent, type IncomingMessage, request } from 'node:http';
import type { Socket } from 'node:net';

export interface Connection {
  /** Sends one request and answers the body of its answer; rejects on any status but 200 and 201. */
  call(method: 'GET' | 'POST' | 'PATCH', path: string, body?: string): Promise<string>;
  /** Bytes on the wire so far, with headers; of the newest socket. */
  bytes(): { readonly sent: number; readonly received: number };
  close(): void;
}

/** One kept-alive connection, as a native app would have it. node:http costs the bench less than fetch does. */
export const connect = (url: string, headers: { readonly [name: string]: string } = {}): Connection => {
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  let socket: Socket | undefined;
  const call: Connection['call'] = (method, path, body) =>
    new Promise((resolve, reject) => {
      const length = body === undefined ? {} : { 'content-type': 'application/json', 'content-length': String(Buffer.byteLength(body)) };
      const asked = request(url + path, { method, agent, headers: { ...headers, ...length } }, (answer) => {
        let text = '';
        answer.setEncoding('utf8');
        answer.on('data', (chunk: string) => {
          text += chunk;
        });
        answer.on('error', reject);
        answer.on('end', () => {
          if (answer.statusCode === 200 || answer.statusCode === 201) resolve(text);
          else reject(new Error(`${method} ${path}: ${answer.statusCode} ${text.slice(0, 500)}`));
        });
      });
      asked.on('socket', (given) => {
        socket = given;
      });
      asked.on('error', reject);
      asked.end(body);
    });
  return {
    call,
    bytes: () => ({ sent: socket?.bytesWritten ?? 0, received: socket?.bytesRead ?? 0 }),
    close: () => agent.destroy(),
  };
};

/** Opens an event stream; `onChunk` hears its text until `close`. */
export const openStream = (
  url: string,
  headers: { readonly [name: string]: string },
  onChunk: (text: string) => void,
): Promise<{ readonly close: () => void }> =>
  new Promise((resolve, reject) => {
    const asked = request(url, { agent: new Agent(), headers: { ...headers, accept: 'text/event-stream' } }, (answer: IncomingMessage) => {
      if (answer.statusCode !== 200) reject(new Error(`${url}: ${answer.statusCode}`));
      answer.setEncoding('utf8');
      answer.on('data', onChunk);
      // Closing breaks the stream off on purpose.
      answer.on('error', () => undefined);
      resolve({ close: () => asked.destroy() });
    });
    asked.on('error', reject);
    asked.end();
  });
