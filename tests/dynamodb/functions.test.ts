import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { isJsonObject, type JsonObject } from '@tidemark/protocol';
import { createNodeEnv, issueDevelopmentToken, openDevelopmentKey } from '@tidemark/server';
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest';
import { type ApiKind, eventOf, responseOf } from '../serverless/gateway-event.ts';
import { type FreshTable, freshTable } from './fresh-table.ts';

// The handlers of the Lambda functions themselves, on an emulator of DynamoDB, behind events as API Gateway sends them.

const folder = mkdtempSync(join(tmpdir(), 'tidemark-functions-'));
let table: FreshTable;
let functions: Awaited<ReturnType<typeof loadFunctions>>;
const tokens = new Map<string, string>();

// A function reads its environment when it is first called.
const loadFunctions = async () => ({
  sync: (await import('@tidemark/deploy/sync')).handler,
  accounts: (await import('@tidemark/deploy/accounts')).handler,
  authorizer: (await import('@tidemark/deploy/authorizer')).handler,
  scheduled: (await import('@tidemark/deploy/scheduled')).handler,
});

const tokenOf = async (user: string): Promise<string> => {
  const key = await openDevelopmentKey(folder);
  if (!key.ok) throw new Error(key.error.message);
  const token = await issueDevelopmentToken(key.value, { app: 'task-tracker', user }, createNodeEnv());
  if (!token.ok) throw new Error(token.error.message);
  return token.value;
};

beforeAll(async () => {
  const endpoint = inject('dynamoEndpoint');
  table = await freshTable(endpoint);
  Object.assign(process.env, {
    TABLE_NAME: table.name,
    REGION: 'us-east-1',
    DYNAMODB_ENDPOINT: endpoint,
    APP: 'task-tracker',
    TIDEMARK_DATA: folder,
    USAGE_KEY: 'the-value-of-the-usage-key',
    KEEP_CHANGES: '5',
    LOG_LEVEL: 'silent',
  });
  functions = await loadFunctions();
  for (const user of ['ada', 'bob-rest', 'bob-http', 'cleo']) tokens.set(user, await tokenOf(user));
});

afterAll(async () => {
  await table.drop();
  rmSync(folder, { recursive: true });
});

interface Asked {
  readonly body?: unknown;
  readonly user?: string;
  readonly headers?: Record<string, string>;
}

const ask = async (
  kind: ApiKind,
  name: 'sync' | 'accounts',
  method: string,
  path: string,
  { body, user = 'ada', headers = {} }: Asked = {},
) => {
  const request = new Request(`https://api.example${path}`, {
    method,
    headers: {
      Authorization: `Bearer ${tokens.get(user)}`,
      ...(body === undefined ? {} : { 'Content-Type': 'application/json' }),
      ...headers,
    },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  const stage = kind === 'rest' ? 'prod' : '$default';
  type Event = Parameters<typeof functions.sync>[0];
  return responseOf(await functions[name](await eventOf<Event>(kind, request, { resource: '/{proxy+}', parameters: {}, stage })));
};

const jsonOf = async (response: Response): Promise<JsonObject> => {
  const value: unknown = await response.json();
  if (!isJsonObject(value)) throw new Error('The answer is no JSON object.');
  return value;
};

const dataOf = async (response: Response): Promise<JsonObject> => {
  const { data } = await jsonOf(response);
  return isJsonObject(data) ? data : {};
};

const put = (id: string, n: number) => ({
  mutationId: `m-${id}-${n}`,
  n,
  collection: 'tasks',
  id,
  op: 'put',
  fields: { title: `Task ${n}`, priority: 'low', completed: false, createdAt: '2026-11-21T12:00:00.000Z' },
  base: 0,
  at: 1,
});

describe.each<ApiKind>(['rest', 'http'])('through a %s API', (kind) => {
  test('a task is made, listed, changed, exported and deleted', async () => {
    const made = await ask(kind, 'sync', 'POST', '/tasks', { body: { title: 'Müsli kaufen', priority: 'low' }, user: `bob-${kind}` });
    expect(made.status).toBe(201);
    const { taskId } = await dataOf(made);
    const listed = await jsonOf(await ask(kind, 'sync', 'GET', '/tasks?priority=low&sort=title', { user: `bob-${kind}` }));
    expect(listed.data).toMatchObject([{ taskId, title: 'Müsli kaufen' }]);
    const exported = await ask(kind, 'sync', 'GET', '/tasks/export.csv', { user: `bob-${kind}` });
    expect(exported.headers.get('Content-Type')).toContain('text/csv');
    expect(Buffer.from(await exported.arrayBuffer()).toString('utf8')).toContain('Müsli kaufen');
    expect((await ask(kind, 'sync', 'DELETE', `/tasks/${String(taskId)}`, { user: `bob-${kind}` })).status).toBeLessThan(300);
    expect((await ask(kind, 'sync', 'GET', `/tasks/${String(taskId)}`, { user: `bob-${kind}` })).status).toBe(404);
  });

  test('a request that the gateway repeats takes effect once', async () => {
    const headers = { 'Idempotency-Key': `key-${kind}` };
    const body = { title: 'Once', priority: 'high' };
    const first = await dataOf(await ask(kind, 'sync', 'POST', '/tasks', { body, headers, user: 'cleo' }));
    const again = await dataOf(await ask(kind, 'sync', 'POST', '/tasks', { body, headers, user: 'cleo' }));
    expect(again.taskId).toBe(first.taskId);
  });

  test('a client pushes, pulls, and is told in one answer what a stream would say', async () => {
    const clientId = `client-${kind}`;
    const session = await jsonOf(await ask(kind, 'sync', 'GET', '/sync/session'));
    expect(session.limits).toMatchObject({ bodyBytesMax: 4 * 1024 * 1024, mutationsPerPushMax: 5_000 });
    const pushed = await ask(kind, 'sync', 'POST', '/sync/push', {
      body: { protocolVersion: session.protocolVersion, clientId, schemaVersion: session.schemaVersion, mutations: [put(`a-${kind}`, 1)] },
    });
    expect(await jsonOf(pushed)).toMatchObject({ accepted: [{ status: 'applied' }], ackedN: 1 });
    const pulled = await jsonOf(await ask(kind, 'sync', 'POST', '/sync/pull', { body: { clientId } }));
    expect(pulled).toMatchObject({ hasMore: false, ackedN: 1 });
    const live = await ask(kind, 'sync', 'GET', `/sync/live?clientId=${clientId}`);
    expect(live.headers.get('Content-Type')).toBe('text/event-stream');
    const said = await live.text();
    expect(said).toMatch(/^retry: \d+\n\nid: .+\nevent: page\ndata: \{/);
    expect(said).toContain(`a-${kind}`);
  });

  test('nobody without a token, and nothing that is not there', async () => {
    expect((await ask(kind, 'sync', 'GET', '/tasks', { headers: { Authorization: '' } })).status).toBe(401);
    expect((await ask(kind, 'sync', 'GET', '/nothing')).status).toBe(404);
  });
});

test('accounts are opened and signed in to by a function of their own, and the sync function takes their tokens', async () => {
  const who = { email: 'ann@example.com', password: 'a long enough one' };
  const registered = await ask('rest', 'accounts', 'POST', '/auth/register', { body: who, headers: { Authorization: '' } });
  expect(registered.status).toBeLessThan(300);
  const signedIn = await jsonOf(await ask('rest', 'accounts', 'POST', '/auth/login', { body: who, headers: { Authorization: '' } }));
  const headers = { Authorization: `Bearer ${String(signedIn.accessToken)}` };
  expect((await ask('http', 'sync', 'POST', '/tasks', { body: { title: 'Mine', priority: 'low' }, headers })).status).toBe(201);
  expect(await jsonOf(await ask('rest', 'sync', 'GET', '/.well-known/jwks.json'))).toMatchObject({ keys: [{ use: 'sig' }] });
});

describe('the authorizer', () => {
  const methodArn = 'arn:aws:execute-api:eu-central-1:123456789012:api/prod/GET/tasks';

  test('lets a good token into the whole stage and names the key of the usage plan', async () => {
    const answer = await functions.authorizer({ methodArn, path: '/tasks', headers: { authorization: `Bearer ${tokens.get('ada')}` } });
    expect(answer).toEqual({
      principalId: 'ada',
      policyDocument: {
        Version: '2012-10-17',
        Statement: [
          { Action: 'execute-api:Invoke', Effect: 'Allow', Resource: 'arn:aws:execute-api:eu-central-1:123456789012:api/prod/*' },
        ],
      },
      context: { issuer: expect.any(String), subject: 'ada' },
      usageIdentifierKey: 'the-value-of-the-usage-key',
    });
  });

  test('answers what API Gateway makes a 401 of, or a plain no to an HTTP API', async () => {
    const headers = { Authorization: 'Bearer nonsense' };
    await expect(functions.authorizer({ methodArn, path: '/tasks', headers })).rejects.toThrow(/^Unauthorized$/);
    await expect(functions.authorizer({ methodArn, path: '/tasks', headers: null })).rejects.toThrow(/^Unauthorized$/);
    expect(await functions.authorizer({ version: '2.0', rawPath: '/tasks', headers })).toMatchObject({ isAuthorized: false });
    const good = { 'X-Api-Key': tokens.get('ada') ?? '' };
    expect(await functions.authorizer({ version: '2.0', rawPath: '/tasks', headers: good })).toMatchObject({ isAuthorized: true });
  });
});

test('the scheduled function compacts what is long enough, and stops where its time ends', async () => {
  const user = 'ada';
  const { schemaVersion, protocolVersion } = await jsonOf(await ask('rest', 'sync', 'GET', '/sync/session', { user }));
  const mutations = Array.from({ length: 20 }, (_, index) => put('often', index + 1));
  await ask('rest', 'sync', 'POST', '/sync/push', { user, body: { protocolVersion, schemaVersion, clientId: 'writer', mutations } });
  expect(await functions.scheduled({}, { getRemainingTimeInMillis: () => 0 })).toEqual({ spaces: 0, compacted: 0 });
  const done = await functions.scheduled({}, { getRemainingTimeInMillis: () => 60_000 });
  expect(done.compacted).toBeGreaterThanOrEqual(1);
  expect(await functions.scheduled({})).toMatchObject({ compacted: 0 });
  const pulled = await jsonOf(await ask('http', 'sync', 'POST', '/sync/pull', { user, body: { clientId: 'reader' } }));
  expect(pulled.changes).toEqual(expect.arrayContaining([expect.objectContaining({ id: 'often' })]));
});
