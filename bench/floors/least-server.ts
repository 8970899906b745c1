import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { DatabaseSync } from '@photostructure/sqlite';

/**
 * The floors: the least that a server must do for each workload, without any of the promises: no receipts, log, order,
 * merging, validation or identity. A process of its own, like the real server. Argument: the database file.
 */
const [file = ':memory:'] = process.argv.slice(2);
const db = new DatabaseSync(file);
db.exec('PRAGMA journal_mode = WAL');
db.exec('PRAGMA synchronous = FULL');
db.exec('PRAGMA wal_autocheckpoint = 4000');
db.exec('CREATE TABLE rows (id TEXT PRIMARY KEY, fields TEXT NOT NULL) STRICT, WITHOUT ROWID');
const insert = db.prepare('INSERT OR REPLACE INTO rows (id, fields) VALUES (?, ?)');

interface PlainRecord {
  readonly id: string;
  readonly fields: object;
}

const insertAll = (records: readonly PlainRecord[]): void => {
  db.exec('BEGIN IMMEDIATE');
  for (const { id, fields } of records) insert.run(id, JSON.stringify(fields));
  db.exec('COMMIT');
};

const readBody = (request: IncomingMessage, done: (text: string) => void): void => {
  const chunks: Buffer[] = [];
  request.on('data', (chunk: Buffer) => void chunks.push(chunk));
  request.on('end', () => done(Buffer.concat(chunks).toString('utf8')));
};

const answerJson = (response: ServerResponse, text: string): void => {
  response.writeHead(200, { 'content-type': 'application/json', 'content-length': Buffer.byteLength(text) });
  response.end(text);
};

let pulled: readonly PlainRecord[] = [];
let waiting: { readonly record: PlainRecord; readonly response: ServerResponse }[] = [];
const listeners = new Set<ServerResponse>();

/** All requests whose bodies came in the same turn share one durable transaction. */
const writeGroup = (): void => {
  const group = waiting;
  waiting = [];
  insertAll(group.map(({ record }) => record));
  for (const { response } of group) answerJson(response, '{"ok":true}');
};

const routes: { readonly [path: string]: (text: string, response: ServerResponse) => void } = {
  '/push': (text, response) => {
    pulled = JSON.parse(text);
    insertAll(pulled);
    answerJson(response, '{"ok":true}');
  },
  '/pull': (_, response) => answerJson(response, JSON.stringify(pulled)),
  '/write': (text, response) => {
    if (waiting.length === 0) setImmediate(writeGroup);
    waiting.push({ record: JSON.parse(text), response });
  },
  '/echo': (text, response) => {
    for (const listener of listeners) listener.write(`data: ${text}\n\n`);
    answerJson(response, '{"ok":true}');
  },
};

const listen = (response: ServerResponse): void => {
  response.writeHead(200, { 'content-type': 'text/event-stream' });
  response.write(': open\n\n');
  listeners.add(response);
  response.on('close', () => listeners.delete(response));
};

const server = createServer((request, response) => {
  const route = routes[request.url ?? ''];
  if (request.url === '/stream') listen(response);
  else if (route !== undefined) readBody(request, (text) => route(text, response));
  else response.writeHead(404).end();
});
server.listen(0, '127.0.0.1', () => {
  const address = server.address();
  if (typeof address === 'object' && address !== null) process.stdout.write(`ready at ${address.port}\n`);
});
process.once('SIGTERM', () => process.exit(0));
