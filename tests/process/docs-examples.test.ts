import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { orderKeys, weekday } from '@tidemark/apps/weekday';
import { createMemoryStore, openClient } from '@tidemark/client';
import { beforeEach, expect, test } from 'vitest';
import 'fake-indexeddb/auto';
import { IDBFactory } from 'fake-indexeddb';
import { openWithAccount } from '../../docs/examples/account.ts';
import { adapt } from '../../docs/examples/adapters.ts';
import { openNotes } from '../../docs/examples/notes.ts';
import { openRepertoire } from '../../docs/examples/repertoire.ts';
import { serveNotes } from '../../docs/examples/serve-notes.ts';
import { openTimer } from '../../docs/examples/timer.ts';
import { putFirst } from '../../docs/examples/weekday.ts';
import { createKeptText } from './kept-text.ts';
import { freshFolder, serve, tokenOf } from './platform/tidemark-process.ts';

/** Each page begins on a device of its own: the stores of the one before are not there. */
beforeEach(() => {
  globalThis.indexedDB = new IDBFactory();
});

test('the examples of the docs run, and sync', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'tidemark-example-'));
  const served = await serveNotes(folder, 0);
  const open = () => openNotes(`http://127.0.0.1:${served.port}`, 'demo', served.token);
  const first = await open();
  const second = await open();
  try {
    await first.client.sync();
    expect(await second.client.sync()).toMatchObject({ state: 'synced', pending: 0 });
    expect(second.client.collection('notes').list()).toMatchObject([
      { title: 'Tides', views: 1 },
      { title: 'Tides', views: 1 },
    ]);
  } finally {
    for (const { client, stop } of [first, second]) {
      stop();
      await client.close();
    }
    await served.close();
    await rm(folder, { recursive: true, force: true });
  }
});

test('the adapters of docs/ADAPTERS.md run on one client', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'tidemark-adapters-'));
  const served = await serveNotes(folder, 0);
  const { client, stop } = await openNotes(`http://127.0.0.1:${served.port}`, 'demo', served.token);
  const adapted = adapt(client, `http://127.0.0.1:${served.port}`, () => served.token);
  try {
    await adapted.rows.preload();
    await adapted.rows.insert({ id: 'ebb', title: 'Ebb', tags: [], views: 0 }).isPersisted.promise;
    expect(await adapted.titles()).toEqual(['Ebb', 'Tides']);
    expect(await adapted.pull()).toMatchObject({ state: 'synced', pending: 0 });
    expect(await adapted.head()).toBeGreaterThan(0);
  } finally {
    stop();
    await adapted.close();
    await client.close();
    await served.close();
    await rm(folder, { recursive: true, force: true });
  }
});

test('the example of docs/WEEKDAY.md puts a block first, without a server', async () => {
  const account = { issuer: 'test', subject: 'ann' };
  const store = createMemoryStore(true);
  const client = await openClient({ app: weekday, url: 'http://127.0.0.1:9', token: () => null, account, store, live: false });
  const keys = orderKeys(3);
  for (const [i, title] of ['Swim', 'Read', 'Cook'].entries()) {
    await client.collection('schedule_blocks').put({ title, start: '06:30', end: '07:00', order: keys[i] ?? '' }, title);
  }
  expect(await putFirst(client, 'Cook')).toEqual(['Cook', 'Swim', 'Read']);
  await client.close();
});

test('the timer of the docs runs, and syncs', async () => {
  const data = await freshFolder();
  const token = await tokenOf(data, 'demo');
  const server = await serve(['--data', data]);
  const before = [{ id: 'old', title: 'Tides', intervals: [{ start: 1, end: 9 }], archived: false, tags: [] }];
  const timer = openTimer(server.url, 'demo', token, createKeptText(), before);
  try {
    expect(await timer.sync()).toMatchObject({ state: 'synced', pending: 0, refused: [] });
    const answer = await fetch(`${server.url}/apps/time-tracker/sync/download`, { headers: { authorization: `Bearer ${token}` } });
    const { tasks } = Object(await answer.json());
    expect(tasks).toHaveLength(2);
    expect(tasks).toContainEqual(expect.objectContaining({ id: 'old', intervals: [{ start: 1, end: 9 }] }));
    expect(tasks).toContainEqual(
      expect.objectContaining({ title: 'Read', intervals: [expect.objectContaining({ end: expect.any(Number) })] }),
    );
  } finally {
    timer.close();
  }
});

test('the repertoire of the docs opens, and syncs', async () => {
  const data = await freshFolder();
  const server = await serve(['--data', data]);
  // Google's sign-in needs a person; a development token stands in.
  const token = await tokenOf(data, 'ann', 'repertoire');
  const google = { signIn: async () => token, refresh: async () => token, signOut: async () => undefined };
  const service = await openRepertoire(server.url, google, createKeptText());
  try {
    expect(await service.syncNow()).toMatchObject({ state: 'synced', pending: 0 });
    expect(service.pieces.fetchAll()).toMatchObject([{ title: 'Oli Aloha', locallyModified: false }]);
  } finally {
    service.stop();
  }
});

const untilMailed = async (url: string): Promise<string> => {
  for (;;) {
    const token = /token=(\S+?)\\n/.exec(await (await fetch(`${url}/dev/mail.json`)).text())?.[1];
    if (token !== undefined) return token;
  }
};

test('the account of the docs signs up, and what was written before syncs under it', async () => {
  const server = await serve(['--data', await freshFolder()]);
  const { account, open } = await openWithAccount(server.url, createKeptText());
  const before = await open();
  await before.collection('notes').put({ title: 'Written before', tags: [], views: 0 });
  expect(before.status()).toMatchObject({ pending: 1 });
  await before.close();
  const [email, password] = ['ada@example.org', 'correct horse battery staple'];
  expect(await account.register({ email, password })).toMatchObject({ ok: true });
  expect(await account.verifyEmail({ token: await untilMailed(server.url) })).toMatchObject({ ok: true });
  expect(await account.login(email, password)).toMatchObject({ ok: true });
  const after = await open();
  expect(after.collection('notes').list()).toMatchObject([{ title: 'Written before' }]);
  // The server serves other apps than this one: the notes wait for theirs.
  expect(await after.sync()).toMatchObject({ pending: 1 });
  await after.close();
  account.close();
});
