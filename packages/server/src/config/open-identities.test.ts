import { createServer } from 'node:net';
import { expect, onTestFinished, test } from 'vitest';
import { openDevelopmentKey } from '../identity/development-key.ts';
import { createDevelopmentIdentity, issueDevelopmentToken } from '../identity/development-tokens.ts';
import { httpGet } from '../platform/http-get.ts';
import { createNodeEnv } from '../platform/node-env.ts';
import { temporaryFolder, unwrap } from '../server.suite.ts';
import type { Config, IdentityConfig } from './config-schema.ts';
import { openIdentities } from './open-identities.ts';

const pool = (port: number): IdentityConfig => ({
  kind: 'local',
  port,
  like: { kind: 'cognito', userPoolId: 'eu-central-1_AbCdEf123', clientIds: ['timer'], tokenUse: 'id' },
});
const CONFIG: Config = {
  identities: {
    pool: pool(0),
    google: { kind: 'local', port: 0, like: { kind: 'google', clientIds: ['web'] } },
  },
  apps: { timer: { identities: ['pool', 'development'] }, songs: { identities: ['google'] } },
};

const open = async (config: Config = CONFIG, nodeEnv = 'development') => {
  const env = createNodeEnv();
  const key = unwrap(await openDevelopmentKey(temporaryFolder()));
  const development = unwrap(createDevelopmentIdentity({ key, env, nodeEnv: 'test' }));
  const surroundings = { apps: ['timer', 'songs'], production: false, allowDevelopmentTokens: false };
  const opened = await openIdentities(config, surroundings, { env, httpGet, nodeEnv, development });
  onTestFinished(async () => void (opened.ok && (await opened.value.close())));
  return { opened, env, key };
};

const tokenAt = async (address: string | undefined, sub: string): Promise<string> => {
  const answer = await fetch(`${address}/token`, { method: 'POST', body: JSON.stringify({ sub }) });
  const { token }: { token: string } = JSON.parse(await answer.text());
  return token;
};

test('each app takes the tokens of the identities it names, and of no others', async () => {
  const { opened, env, key } = await open();
  const { identity, localIssuers } = unwrap(opened);
  const tokens = {
    pool: await tokenAt(localIssuers.get('pool'), 'p'),
    google: await tokenAt(localIssuers.get('google'), 'g'),
    development: unwrap(await issueDevelopmentToken(key, { app: 'timer', user: 'd' }, env)),
    key: 'tm_live_012345678901_0123456789',
  };
  const taken = async (app: string) => {
    const results = Object.entries(tokens).map(async ([name, token]) => {
      const result = await identity.authenticate({ authorization: `Bearer ${token}`, app });
      return result.ok ? [name] : [];
    });
    return (await Promise.all(results)).flat();
  };
  expect(await taken('timer')).toEqual(['pool', 'development']);
  expect(await taken('songs')).toEqual(['google']);
  expect(await taken('notes')).toEqual([]);
});

test('production has no local issuer, whatever let it come so far', async () => {
  expect((await open(CONFIG, 'production')).opened).toMatchObject({ ok: false, error: { code: 'FORBIDDEN' } });
});

test('a port that is taken is told to the caller', async () => {
  const taken = createServer().listen(0, '127.0.0.1');
  onTestFinished(() => void taken.close());
  await new Promise((resolve) => taken.once('listening', resolve));
  const address = taken.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  await expect(open({ identities: { pool: pool(port) } })).rejects.toMatchObject({ code: 'EADDRINUSE' });
});
