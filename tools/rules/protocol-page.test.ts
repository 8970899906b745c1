import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { timeTracker } from '@tidemark/apps/time-tracker';
import { createEngine } from '@tidemark/engine';
import { createMemoryStorage } from '@tidemark/engine/memory';
import { isJsonObject, LIMITS, ok } from '@tidemark/protocol';
import { voidMutationSchema } from '@tidemark/protocol/messages';
import { createHttpApp, createLogger, createMetrics, createNodeEnv } from '@tidemark/server';
import { expect, test } from 'vitest';
import { repositoryRoot } from './read-repository.ts';

const page = readFileSync(join(repositoryRoot, 'docs/PROTOCOL.md'), 'utf8');
const blocks = [...page.matchAll(/```json\n([\s\S]*?)```/g)].map(([, text = '']) => text);

/** `METHOD path`, the body if there is one, and the answer behind the arrow. */
const exchanges = blocks
  .map((text) => /^(GET|POST) (\S+)\n([\s\S]*?)→ ([\s\S]*)$/.exec(text))
  .filter((match) => match !== null)
  .map(([, method = '', path = '', body = '', answer = '']) => ({ method, path, body: body.trim(), answer }));

const TIME_MIN = 1_000_000_000_000;

/** Equal, except that `…` in a text stands for anything and that times differ. */
const expected = (shown: unknown): unknown => {
  if (typeof shown === 'string') return shown.includes('…') ? expect.anything() : shown;
  if (typeof shown === 'number') return shown >= TIME_MIN ? expect.any(Number) : shown;
  if (Array.isArray(shown)) return shown.map(expected);
  return isJsonObject(shown) ? Object.fromEntries(Object.entries(shown).map(([key, value]) => [key, expected(value)])) : shown;
};

const openServer = () => {
  const env = createNodeEnv();
  const engine = createEngine({ storage: createMemoryStorage(), apps: [timeTracker], env });
  const who = { issuer: 'tidemark-development', subject: 'demo', spaceKey: 'demo', scopes: ['read', 'write'], emailVerified: false };
  return createHttpApp({
    engine,
    env,
    identity: { authenticate: async () => ok({ ...who, expiresAt: env.wall() + 60_000 }) },
    logger: createLogger({ level: 'silent' }),
    metrics: createMetrics(),
    mounts: [{ app: timeTracker, path: '/apps/time-tracker' }],
  });
};

test('the exchange of docs/PROTOCOL.md is what the server does', async () => {
  const http = openServer();
  const learnt = new Map<string, string>();
  const remember = (answer: unknown): void => {
    if (!isJsonObject(answer)) return;
    for (const key of ['spaceId', 'cursor', 'pushed']) if (typeof answer[key] === 'string') learnt.set(key, answer[key]);
  };
  const fillIn = (body: string): string =>
    body.replace(/"(spaceId|cursor|pushed)": "[^"]*…"/g, (_, key: string) => `"${key}": "${learnt.get(key)}"`);

  expect(exchanges.map(({ path }) => path.split('/').at(-1))).toEqual(['session', 'pull', 'push', 'pull']);
  for (const { method, path, body, answer } of exchanges) {
    const headers = { 'content-type': 'application/json' };
    const response = await http.request(path, method === 'GET' ? {} : { method, headers, body: fillIn(body) });
    const received: unknown = await response.json();
    expect({ path, ...(isJsonObject(received) ? received : {}) }).toEqual({ path, ...Object(expected(JSON.parse(answer))) });
    remember(received);
  }
});

test('the void of docs/PROTOCOL.md is one', () => {
  const shown = blocks.find((text) => text.includes('"op": "void"')) ?? '';
  expect(voidMutationSchema.parse(JSON.parse(shown))).toMatchObject({ op: 'void' });
});

test('the limits of docs/PROTOCOL.md are those of the code', () => {
  const limits = page.slice(page.indexOf('## Limits'));
  const shown = [
    [LIMITS.bodyBytesMax / 1024 / 1024, 'MiB'],
    [LIMITS.recordBytesMax / 1024, 'KiB'],
    [LIMITS.groupBytesMax / 1024, 'KiB'],
    [LIMITS.pageBytesMax / 1024 / 1024, 'MiB'],
    [LIMITS.mutationsPerPushMax, '|'],
    [LIMITS.pageChangesMax, 'changes'],
    [LIMITS.groupMutationsMax, 'mutations'],
    [LIMITS.keysPerObjectMax, '|'],
    [LIMITS.jsonDepthMax, '|'],
    [LIMITS.idLengthMax, 'characters'],
    [LIMITS.cursorLengthMax, 'characters'],
  ].map(([count, unit]) => `${count?.toLocaleString('en')} ${unit}`);
  expect(shown.filter((text) => !limits.includes(text))).toEqual([]);
});
