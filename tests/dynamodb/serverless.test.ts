import { execFile, execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { createNodeEnv, issueDevelopmentToken, openDevelopmentKey } from '@tidemark/server';
import { afterAll, beforeAll, expect, inject, test } from 'vitest';
import { commandsOf } from '../../tools/rules/docs-commands.ts';
import { repositoryRoot } from '../../tools/rules/read-repository.ts';
import { type LocalGateway, startGateway } from '../serverless/local-gateway.ts';
import { type FreshTable, freshTable } from './fresh-table.ts';

// The bundles of the functions, authorizer included, behind a gateway made from the template: as near to AWS as this machine gets.

const run = promisify(execFile);
const folder = mkdtempSync(join(tmpdir(), 'tidemark-serverless-'));
let table: FreshTable;
let gateway: LocalGateway;
let token = '';

beforeAll(async () => {
  execFileSync(process.execPath, [join(repositoryRoot, 'deploy/build.js'), join(folder, 'dist')]);
  table = await freshTable(inject('dynamoEndpoint'));
  gateway = await startGateway({
    template: readFileSync(join(repositoryRoot, 'deploy/sam/template.yaml'), 'utf8'),
    bundles: join(folder, 'dist'),
    references: { Table: table.name, App: 'task-tracker', UsageKey: 'a-usage-key-of-this-test' },
    variables: {
      NODE_ENV: 'test',
      TIDEMARK_DATA: folder,
      REGION: 'us-east-1',
      DYNAMODB_ENDPOINT: inject('dynamoEndpoint'),
      LOG_LEVEL: 'silent',
    },
  });
  const key = await openDevelopmentKey(folder);
  const issued = key.ok ? await issueDevelopmentToken(key.value, { app: 'task-tracker', user: 'ann' }, createNodeEnv()) : key;
  if (!issued.ok) throw new Error(issued.error.message);
  token = issued.value;
}, 120_000);

afterAll(async () => {
  await gateway.close();
  await table.drop();
  rmSync(folder, { recursive: true });
});

test('the commands of docs/REST.md do through the functions what they do on a server', async () => {
  const page = { path: 'docs/REST.md', text: readFileSync(join(repositoryRoot, 'docs/REST.md'), 'utf8') };
  const commands = commandsOf(page).map(({ command }) =>
    command.replace(/^KEY=.*/u, `KEY=${token}`).replace('http://localhost:8787/apps/task-tracker', gateway.address),
  );
  const script = commands.map((command) => `${command}\necho`).join('\n');
  const { stdout } = await run('bash', ['-euo', 'pipefail', '-c', script], { cwd: folder });
  expect(stdout).not.toContain('"error"');
  for (const part of ['"title":"Buy milk"', '"title":"Buy oat milk"', '"version":2', '"dueDate":"2026-12-01T17:00:00.000Z"'])
    expect(stdout).toContain(part);
  expect(stdout.match(/"succeeded":\["[^\]]+\]/gu)).toHaveLength(2);
  expect(readFileSync(join(folder, 'tasks.csv'), 'utf8')).toMatch(/^taskId,title,[^\r]*\r\n[^\r]*crème brûlée[^\r]*\r\n$/u);
});

test('the authorizer stands before everything but the open pages, and words its refusals as the server does', async () => {
  const refused = await fetch(`${gateway.address}/tasks`);
  expect(refused.status).toBe(401);
  expect(await refused.json()).toMatchObject({ error: { code: 'UNAUTHENTICATED', correlationId: expect.any(String) } });
  for (const path of ['/openapi.json', '/docs', '/healthz', '/.well-known/jwks.json'])
    expect((await fetch(`${gateway.address}${path}`)).status, path).toBe(200);
  expect((await fetch(`${gateway.address}/tasks`, { method: 'OPTIONS' })).headers.get('Access-Control-Allow-Origin')).toBe('*');
});

test('whoever registers at the accounts function works with its token at the others', async () => {
  const post = (path: string, body: unknown, authorization = {}) =>
    fetch(`${gateway.address}${path}`, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json', ...authorization },
      body: JSON.stringify(body),
    });
  const who = { email: 'bea@example.com', password: 'a long enough one' };
  expect((await post('/auth/register', who)).status).toBeLessThan(300);
  const { accessToken }: { accessToken: string } = JSON.parse(await (await post('/auth/login', who)).text());
  const made = await post('/tasks', { title: 'Mine', priority: 'low' }, { Authorization: `Bearer ${accessToken}` });
  expect(made.status).toBe(201);
});
