import { expect, test } from 'vitest';
import * as z from 'zod';
import { openTestServer, pushOf, put } from '../server.suite.ts';
import { NATIVE_ENDPOINTS } from './native-endpoints.ts';

/** `/devices/phone` → `/devices/:clientId`. */
const endpointOf = (method: string, address: string) => {
  const [path = ''] = address.split('?');
  const found = NATIVE_ENDPOINTS.find((one) => one.method === method && new RegExp(`^${one.path.replace(/:\w+/g, '[^/]+')}$`).test(path));
  if (found === undefined) throw new Error(`${method} ${address} is not described`);
  return found;
};

const EVENTS_OR_FILES = ['GET /sync/live', 'GET /sync/stream', 'GET /export', 'POST /import'];

test('what the spec says of each native answer is what comes: every member of it, and no other', async () => {
  const { call } = await openTestServer();
  const asked = new Set<string>();
  const seen = new Set<string>();
  const ask = async (method: string, path: string, body?: unknown): Promise<unknown> => {
    const { answers, path: template } = endpointOf(method, path);
    const schema = answers[200]?.schema;
    const answer = await call(method, `/apps/notes${path}`, body);
    const value: unknown = await answer.json();
    expect([answer.status, value]).toEqual([200, value]);
    // What a schema does not name it leaves out.
    expect(schema?.parse(value)).toEqual(value);
    asked.add(`${method} ${template}`);
    for (const [, name = ''] of JSON.stringify(value).matchAll(/"(\w+)":/g)) seen.add(name);
    return value;
  };

  const text = (body: string, more: object) => put(1, 'a', { fields: { title: 'x', body }, ...more });
  await ask('POST', '/sync/push', pushOf([text('first', { mutationId: 'm1' })]));
  await ask('POST', '/sync/push', pushOf([text('first', { mutationId: 'm1' })]));
  await ask('POST', '/sync/push', pushOf([text('mine', { mutationId: 'm2', was: { body: null } })], 'tablet'));
  await ask(
    'POST',
    '/sync/push',
    pushOf([put(1, 'a', { mutationId: 'm3', ifRevision: 7 }), put(2, 'b', { fields: { title: 5 } })], 'desk'),
  );
  const cut = z.object({ cursor: z.string() }).parse(await ask('POST', '/sync/pull', { clientId: 'phone', limit: 1 }));
  await ask('POST', '/sync/pull', { clientId: 'phone', cursor: cut.cursor });
  await ask('POST', '/sync/pull', { clientId: 'phone', cursor: cut.cursor, collections: ['notes'] });
  await ask('POST', '/sync', pushOf([put(2, 'c'), { ...put(3, 'c'), op: 'delete', fields: undefined, base: 1 }]));
  await ask('GET', '/sync/session');
  const listed = await ask('GET', '/sync/conflicts?limit=1');
  const [open] = z.object({ conflicts: z.array(z.object({ conflictId: z.string() })) }).parse(listed).conflicts;
  await ask('POST', `/sync/conflicts/${open?.conflictId}/resolve`, { choose: 'value', value: 'both' });
  await ask('GET', '/sync/conflicts?state=all');
  await ask('GET', '/sync/history?collection=notes&id=a&limit=1');
  await ask('GET', '/sync/history?collection=notes&id=c');
  await ask('GET', '/sync/state?limit=1');
  await ask('POST', '/sync/restore', { seq: 1 });
  await ask('GET', '/sync/digest');
  await ask('PATCH', '/devices/phone', { name: 'my phone' });
  await ask('GET', '/devices');
  await ask('DELETE', '/devices/tablet');

  const described = NATIVE_ENDPOINTS.map(({ method, path }) => `${method} ${path}`).filter((name) => !EVENTS_OR_FILES.includes(name));
  expect([...asked].sort()).toEqual(described.sort());
  // The members that not every answer has did come.
  const seldom = [
    'first',
    'record',
    'conflictIds',
    'details',
    'deleted',
    'reset',
    'ackedN',
    'resolution',
    'nextBefore',
    'nextAfter',
    'name',
  ];
  expect(seldom.filter((name) => !seen.has(name))).toEqual([]);
});
