import { createNodeEnv, httpGet, openIdentities } from '@tidemark/server';
import { describe, expect, onTestFinished, test } from 'vitest';
import type { GoogleSignIn } from '../client.ts';
import { configurationOf, createAuthenticationService, MOCK_TOKEN } from '../client.ts';
import { openRepertoireServer } from '../repertoire-server.suite.ts';
import { expiryOf } from './authentication-service.ts';
import { openClientDevice } from './client-device.suite.ts';

// Google's place is taken by the local issuer; its sheet on the phone by a call that answers what it was told to.

const PERSON = { sub: '10769150350006150715113082367', email: 'ada@example.com', name: 'Ada' };
const HOUR_MS = 3_600_000;

const open = async () => {
  const like = { kind: 'google' as const, clientIds: ['web.apps.googleusercontent.com'] };
  const config = { identities: { google: { kind: 'local' as const, port: 0, like } }, apps: { repertoire: { identities: ['google'] } } };
  const surroundings = { apps: ['repertoire'], production: false, allowDevelopmentTokens: false };
  const issuer = await openIdentities(config, surroundings, { env: createNodeEnv(), httpGet, nodeEnv: 'test' });
  if (!issuer.ok) throw new Error(issuer.error.message);
  onTestFinished(() => issuer.value.close());
  const server = await openRepertoireServer({ identity: issuer.value.identity });
  server.clock.wall = Date.now();
  const issue = async (): Promise<string> => {
    const answer = await fetch(`${issuer.value.localIssuers.get('google')}/token`, { method: 'POST', body: JSON.stringify(PERSON) });
    const { token }: { token: string } = await answer.json();
    return token;
  };
  const asked = { signIns: 0, refreshes: 0, signOuts: 0 };
  const google: GoogleSignIn = {
    signIn: () => {
      asked.signIns += 1;
      return issue();
    },
    refresh: () => {
      asked.refreshes += 1;
      return issue();
    },
    signOut: async () => {
      asked.signOuts += 1;
    },
  };
  return { server, google, asked };
};

const SONG = { title: 'Aloha ʻoe', category: 'mele' as const, lyrics: 'Haʻaheo', includeInPractice: true, isFavorite: false };

describe('CognitoAuthTests', () => {
  test('testGoogleSignIn', async () => {
    const { server, google } = await open();
    const device = await openClientDevice(server, { google, signedOut: true });
    expect(device.authentication.currentUser()).toBeNull();
    expect(await device.authentication.signIn()).toEqual({ ok: true, value: { id: PERSON.sub, email: PERSON.email, name: PERSON.name } });
    expect(await device.service.syncNow()).toMatchObject({ state: 'synced' });
    // Declined, and a token that is none.
    const declined = await openClientDevice(server, {
      google: { ...google, signIn: () => Promise.reject(new Error('cancelled')) },
      signedOut: true,
    });
    expect(await declined.authentication.signIn()).toMatchObject({ ok: false, error: { code: 'UNAUTHENTICATED' } });
    const forged = await openClientDevice(server, { google: { ...google, signIn: async () => 'a.b.c' }, signedOut: true });
    expect(await forged.authentication.signIn()).toMatchObject({ ok: false, error: { code: 'UNAUTHENTICATED', details: { status: 401 } } });
  });

  test('testTokenRefresh', async () => {
    const { server, google, asked } = await open();
    const device = await openClientDevice(server, { google });
    const token = (await device.authentication.getCurrentIdToken()) ?? '';
    expect(expiryOf(token)).toBeGreaterThan(server.clock.wall);
    expect(asked.refreshes).toBe(0);
    // Near its end a token is renewed before it is used, once for all who ask.
    server.clock.wall += HOUR_MS - 30_000;
    await Promise.all([device.authentication.getCurrentIdToken(), device.authentication.getCurrentIdToken()]);
    expect(asked.refreshes).toBe(1);
    server.clock.wall -= HOUR_MS - 30_000;
    // A token that the server does not take (it was revoked) is renewed, and the request made again.
    const other = await openClientDevice(server, { google });
    const { request } = server;
    let refused = 0;
    Object.assign(server, {
      request: (method: string, path: string, body?: string, user?: string) => {
        refused += 1;
        return request(method, path, body, refused === 1 ? 'x.y.z' : user);
      },
    });
    other.service.pieces.save(SONG);
    expect(await other.service.syncNow()).toMatchObject({ state: 'synced', pending: 0 });
    expect(asked.refreshes).toBe(2);
  });

  test('testTokenRefresh: where Google cannot be reached, the device is offline, not signed out', async () => {
    const { server, google } = await open();
    const device = await openClientDevice(server, { google: { ...google, refresh: () => Promise.reject(new Error('offline')) } });
    device.service.pieces.save(SONG);
    server.clock.wall += 2 * HOUR_MS;
    expect(await device.service.syncNow()).toMatchObject({ state: 'offline', pending: 1 });
    expect(device.authentication.currentUser()).toMatchObject({ id: PERSON.sub });
  });

  test('testSignOut', async () => {
    const { server, google, asked } = await open();
    const device = await openClientDevice(server, { google });
    device.service.pieces.save(SONG);
    const seen: unknown[] = [];
    device.authentication.onChange(() => seen.push(device.authentication.currentUser()));
    await device.authentication.signOut();
    expect([seen, asked.signOuts]).toEqual([[null], 1]);
    expect(await device.service.syncNow()).toMatchObject({
      state: 'error',
      pending: 1,
      error: { action: 'signIn', title: 'Sign in again' },
    });
    // What was not synced is still here, and goes out after the next sign-in.
    await device.authentication.signIn();
    expect(await device.service.syncNow()).toMatchObject({ state: 'synced', pending: 0 });
  });
});

describe('test mode', () => {
  test('has a configuration of its own, which leads to this machine only', () => {
    for (const url of ['http://localhost:8787', 'http://127.0.0.1:1/apps/repertoire/', 'http://[::1]:8787']) {
      expect(configurationOf('test', url)).toMatchObject({ ok: true, value: { mode: 'test', storageName: 'tidemark-test:repertoire' } });
    }
    for (const url of [
      'https://sync.example.com',
      'http://127.0.0.1.example.com',
      'http://localhost@example.com',
      'http://example.com/localhost',
      '',
    ]) {
      expect(configurationOf('test', url)).toMatchObject({ ok: false, error: { code: 'BAD_REQUEST' } });
    }
    expect(configurationOf('production', 'https://sync.example.com/')).toMatchObject({
      ok: true,
      value: { url: 'https://sync.example.com' },
    });
    expect(configurationOf('production', 'http://sync.example.com')).toMatchObject({ ok: false });
  });

  test('a mock token leaves for no other machine, and no server takes it', async () => {
    const { server, google } = await open();
    const mock: GoogleSignIn = { ...google, signIn: async () => MOCK_TOKEN };
    const device = await openClientDevice(server, { google: mock, signedOut: true });
    expect(await device.authentication.signIn()).toMatchObject({ ok: false, error: { code: 'UNAUTHENTICATED', details: { status: 401 } } });
    let requests = 0;
    const env = {
      wall: () => 0,
      http: () => {
        requests += 1;
        return Promise.reject(new Error('it must not come here'));
      },
    };
    const elsewhere = createAuthenticationService({ google: mock, url: 'https://sync.example.com', env });
    expect(await elsewhere.signIn()).toMatchObject({ ok: false, error: { code: 'FORBIDDEN' } });
    expect(requests).toBe(0);
  });
});
