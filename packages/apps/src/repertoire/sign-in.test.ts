import { createNodeEnv, httpGet, openIdentities } from '@tidemark/server';
import { describe, expect, onTestFinished, test } from 'vitest';
import { openRepertoireServer } from './repertoire-server.suite.ts';

// Google's place is taken by the local issuer: it signs as Google does, by a key of its own. Nothing else is a stand-in.

const CLIENTS = ['web.apps.googleusercontent.com', 'ios.apps.googleusercontent.com'];
const PERSON = { sub: '10769150350006150715113082367', email: 'ada@example.com', name: 'Ada' };

const surroundings = { apps: ['repertoire'], production: false, allowDevelopmentTokens: false };

const openIssuer = async () => {
  const like = { kind: 'google' as const, clientIds: CLIENTS };
  const config = { identities: { google: { kind: 'local' as const, port: 0, like } }, apps: { repertoire: { identities: ['google'] } } };
  const opened = await openIdentities(config, surroundings, { env: createNodeEnv(), httpGet, nodeEnv: 'test' });
  if (!opened.ok) throw new Error(opened.error.message);
  const address = opened.value.localIssuers.get('google') ?? '';
  const signIn = async (person: object): Promise<string> => {
    const answer = await fetch(`${address}/token`, { method: 'POST', body: JSON.stringify(person) });
    const { token }: { token: string } = await answer.json();
    return token;
  };
  return { ...opened.value, signIn };
};

const open = async () => {
  const issuer = await openIssuer();
  onTestFinished(() => issuer.close());
  return { ...issuer, server: await openRepertoireServer({ identity: issuer.identity }) };
};

describe('a Google ID token', () => {
  test('opens the space of its sub, and /auth/sync says whose it is', async () => {
    const { server, signIn } = await open();
    const token = await signIn(PERSON);
    const synced = await server.call('POST', '/auth/sync', { googleIdToken: token, identityId: 'us-west-2:1' }, '');
    expect(synced).toEqual({
      status: 200,
      body: {
        success: true,
        user: { id: PERSON.sub, email: PERSON.email, name: PERSON.name, username: `google_${PERSON.sub}` },
        identityId: 'us-west-2:1',
      },
    });
    expect(await server.call('POST', '/pieces', {}, token)).toMatchObject({ status: 200, body: { serverPieces: [] } });
    expect(await server.call('GET', `/users/${PERSON.sub}/export`, undefined, token)).toMatchObject({
      status: 200,
      body: { user: { id: PERSON.sub } },
    });
    expect(await server.call('GET', '/users/1/export', undefined, token)).toMatchObject({ status: 403, body: { code: 'FORBIDDEN' } });
  });

  test('of an address that Google has not verified opens nothing', async () => {
    const { server, signIn } = await open();
    const token = await signIn({ ...PERSON, emailVerified: false });
    expect(await server.call('POST', '/auth/sync', { googleIdToken: token }, '')).toMatchObject({ status: 401 });
    expect(await server.call('POST', '/pieces', {}, token)).toMatchObject({ status: 403, body: { code: 'EMAIL_NOT_VERIFIED' } });
  });

  test('is not a mock token, a foreign one or a damaged one: each is refused with 401', async () => {
    const { server, signIn } = await open();
    const foreign = await openIssuer();
    onTestFinished(() => foreign.close());
    const good = await signIn(PERSON);
    for (const token of ['mock-id-token', 'a.b.c', await foreign.signIn(PERSON), `${good.slice(0, -4)}AAAA`]) {
      const synced = await server.call('POST', '/auth/sync', { googleIdToken: token }, '');
      expect(synced, token).toMatchObject({ status: 401, body: { code: 'UNAUTHENTICATED', error: expect.any(String) } });
      expect(JSON.stringify(synced.body)).not.toContain(token);
      expect(await server.call('POST', '/pieces', {}, token)).toMatchObject({ status: 401 });
    }
    expect(await server.call('POST', '/auth/sync', {}, '')).toMatchObject({ status: 400, body: { code: 'BAD_REQUEST' } });
  });
});

test('a local issuer is refused in production: its tokens can neither reach nor be taken for it', async () => {
  const like = { kind: 'google' as const, clientIds: CLIENTS };
  const config = { identities: { google: { kind: 'local' as const, port: 0, like } } };
  const opened = await openIdentities(
    config,
    { ...surroundings, production: true },
    { env: createNodeEnv(), httpGet, nodeEnv: 'production' },
  );
  expect(opened).toMatchObject({ ok: false, error: { code: 'FORBIDDEN' } });
});
