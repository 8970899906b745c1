import { gzipSync } from 'node:zlib';
import { expect, test } from 'vitest';
import { openTestServer, pushOf, put } from '../server.suite.ts';
import { createSeal, printSeal } from './export-format.ts';

const openTransfer = async () => {
  const server = await openTestServer();
  const write = async (n: number, id: string, fields: object, base = 0) =>
    expect((await server.call('POST', '/apps/notes/sync/push', pushOf([{ ...put(n, id), fields, base }]))).status).toBe(200);
  const exported = async () => (await server.call('GET', '/apps/notes/export')).text();
  const bob = await server.token('bob');
  const sendAs = async (token: string, query: string, body: string | Uint8Array<ArrayBuffer>, headers: Record<string, string> = {}) => {
    const request = {
      method: 'POST',
      body,
      headers: { Authorization: `Bearer ${token}`, 'Content-Type': 'application/x-ndjson', ...headers },
    };
    const response = await server.server.app.fetch(new Request(`http://localhost/apps/notes/import${query}`, request));
    const answer: unknown = await response.json();
    return { status: response.status, answer };
  };
  const alice = await server.token('alice');
  const stateOf = async (token: string) => {
    const headers = { Authorization: `Bearer ${token}` };
    const response = await server.server.app.fetch(new Request('http://localhost/apps/notes/export', { headers }));
    const lines = (await response.text())
      .split('\n')
      .slice(1, -2)
      .map((line) => JSON.parse(line));
    return lines.filter(({ deleted }) => deleted !== true).map(({ collection, id, fields }) => ({ collection, id, fields }));
  };
  return { ...server, write, exported, bob, alice, sendAs, stateOf };
};

test('what one user exports another imports: the same records, once, after a dry run that stores nothing', async () => {
  const { write, exported, sendAs, bob, alice, stateOf } = await openTransfer();
  await write(1, 'a', { title: 'first' });
  await write(2, 'b', { title: 'second', body: 'x\u2028y' });
  const file = await exported();
  expect(JSON.parse(file.split('\n')[0] ?? '')).toMatchObject({ format: 'tidemark-export', app: 'notes', counts: { notes: 2 }, seq: 2 });
  const zeros = { merged: 0, conflict: 0, deleted: 0, unchanged: 0 };
  const said = { mode: 'merge', records: 2, collections: { notes: 2 }, ...zeros, seqBefore: 0, notes: [] };
  expect(await sendAs(bob, '?dryRun=true', file)).toEqual({ status: 200, answer: { ...said, dryRun: true, written: 2, known: 0 } });
  expect(await stateOf(bob)).toEqual([]);
  const packed = Uint8Array.from(gzipSync(file));
  expect(await sendAs(bob, '', packed, { 'Content-Encoding': 'gzip' })).toMatchObject({ status: 200, answer: { ...said, written: 2 } });
  expect(await sendAs(bob, '', file)).toMatchObject({ status: 200, answer: { written: 0, known: 2, seqBefore: 2 } });
  expect(await stateOf(bob)).toEqual(await stateOf(alice));
});

test('a replacement leaves what the file has and nothing else, as edits that can be taken back', async () => {
  const { write, exported, sendAs, call, alice, stateOf } = await openTransfer();
  await write(1, 'a', { title: 'first', body: 'only here' });
  await write(2, 'same', { title: 'same' });
  const before = await stateOf(alice);
  const file = await exported();
  await write(3, 'a', { title: 'changed', body: 'only here' }, 1);
  await write(4, 'later', { title: 'later' });
  const changed = await stateOf(alice);
  const replaced = { written: 1, deleted: 1, unchanged: 1, conflict: 0, merged: 0, known: 0, seqBefore: 4 };
  expect(await sendAs(alice, '?mode=replace&dryRun=true', file)).toMatchObject({ status: 200, answer: replaced });
  expect(await stateOf(alice)).toEqual(changed);
  expect(await sendAs(alice, '?mode=replace', file)).toMatchObject({ status: 200, answer: replaced });
  expect(await stateOf(alice)).toEqual(before);
  expect(await sendAs(alice, '?mode=replace', file)).toMatchObject({ status: 200, answer: { written: 0, deleted: 0, unchanged: 2 } });
  expect((await call('POST', '/apps/notes/sync/restore', { seq: 4 })).status).toBe(200);
  expect(await stateOf(alice)).toEqual(changed);
});

test('a file that is not sound is refused by its lines, and nothing of it is stored', async () => {
  const { write, exported, sendAs, bob, stateOf } = await openTransfer();
  await write(1, 'a', { title: 'first' });
  const file = await exported();
  const refused = async (text: string, query = '') => {
    const { status, answer } = await sendAs(bob, query, text);
    expect(await stateOf(bob)).toEqual([]);
    return [status, answer];
  };
  const issue = (path: string, message: string) => [
    422,
    {
      error: expect.objectContaining({
        code: 'IMPORT_REFUSED',
        details: { issues: [{ path, message: expect.stringContaining(message) }] },
      }),
    },
  ];
  const lines = file.split('\n');
  expect(await refused(lines.slice(0, 2).join('\n'))).toEqual(issue('line 2', 'cut off in part notes'));
  expect(await refused(lines.slice(0, 1).join('\n'))).toEqual(issue('line 1', 'cut off at its beginning'));
  expect(await refused([lines[0], ...lines.slice(2)].join('\n'))).toEqual(
    issue('line 2', 'part notes: 0 lines are here, the seal counts 1'),
  );
  expect(await refused(file.replace('first', 'fired'))).toEqual(issue('line 3', 'part notes: its checksum does not fit its lines'));
  expect(await refused(file.replace('"schemaVersion":1,"seq":1', '"schemaVersion":1,"seq":2'))).toEqual(issue('line 3', 'manifest'));
  expect(await refused(file.replace(/"sha256":"[0-9a-f]{4}/u, '"sha256":"0123'))).toEqual(issue('line 3', 'part notes'));
  expect(await refused(file.replace('"version":2', '"version":3'))).toEqual(issue('line 1', 'version 3'));
  const odd = file.replace('"version":2', '"version":{"toString":null}');
  expect(await refused(odd)).toEqual(issue('line 1', '{"toString":null}'));
  expect(await refused('')).toEqual(issue('line 1', 'empty'));
  expect(await refused('{"andi_weekday_os_v1":{}}')).toEqual(issue('line 1', 'manifest'));
  expect(await refused(file, '?mode=both')).toMatchObject([400, { error: { code: 'BAD_REQUEST' } }]);
  expect(await refused('x'.repeat(64 * 1024 * 1024 + 1))).toMatchObject([413, { error: { code: 'BODY_TOO_LARGE' } }]);
});

test('a record that does not fit the collection keeps the whole file out', async () => {
  const { write, exported, sendAs, bob, stateOf } = await openTransfer();
  await write(1, 'a', { title: 'first' });
  await write(2, 'b', { title: 'second' });
  const lines = (await exported()).split('\n').slice(0, -2);
  const seal = createSeal();
  const changed = lines.map((line) => `${line.replace('"second"', '7')}\n`);
  seal.add(changed[0] ?? '');
  for (const line of changed.slice(1)) seal.addLines('notes', line);
  const file = `${changed.join('')}${printSeal(seal.close())}`;
  expect(await sendAs(bob, '', file)).toMatchObject({
    status: 422,
    answer: {
      error: { code: 'IMPORT_REFUSED', details: { issues: [{ path: 'line 3', message: expect.stringContaining('VALIDATION_FAILED') }] } },
    },
  });
  expect(await stateOf(bob)).toEqual([]);
});
