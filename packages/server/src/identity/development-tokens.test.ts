import { createHmac, generateKeyPairSync } from 'node:crypto';
import { SignJWT } from 'jose';
import { describe, expect, test } from 'vitest';
import { createTestEnv, temporaryFolder, unwrap } from '../server.suite.ts';
import { openDevelopmentKey } from './development-key.ts';
import { createDevelopmentIdentity, DEVELOPMENT_ISSUER, issueDevelopmentToken } from './development-tokens.ts';

const encoded = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');

const setUp = async () => {
  const env = createTestEnv();
  const key = unwrap(await openDevelopmentKey(temporaryFolder()));
  const identity = unwrap(createDevelopmentIdentity({ key, env, nodeEnv: undefined }));
  const now = Math.floor(env.wall() / 1000);
  const claims = { iss: DEVELOPMENT_ISSUER, sub: 'alice', aud: 'notes', iat: now, exp: now + 60 };
  const signed = (payload: object, privateKey = key.privateKey) =>
    new SignJWT({ ...payload }).setProtectedHeader({ alg: 'EdDSA' }).sign(privateKey);
  const codeOf = async (authorization: string | null, app = 'notes') => {
    const result = await identity.authenticate({ authorization, app });
    return result.ok ? `ok ${result.value.subject}` : result.error.code;
  };
  return { env, key, identity, now, claims, signed, codeOf };
};

describe('development tokens', () => {
  test('a token that was issued is accepted at its own app, again and again, until it expires', async () => {
    const { env, key, identity, codeOf } = await setUp();
    const token = unwrap(await issueDevelopmentToken(key, { app: 'notes', user: 'alice', expiresIn: 60_000 }, env));
    const first = unwrap(await identity.authenticate({ authorization: `Bearer ${token}`, app: 'notes' }));
    expect(first).toMatchObject({ issuer: DEVELOPMENT_ISSUER, subject: 'alice', spaceKey: 'alice' });
    expect(await codeOf(`Bearer ${token}`)).toBe('ok alice');
    expect(await codeOf(`Bearer ${token}`, 'lists')).toBe('UNAUTHENTICATED');
    env.moveWall(61_000);
    expect(await codeOf(`Bearer ${token}`)).toBe('UNAUTHENTICATED');
  });

  test('the default is thirty days', async () => {
    const { env, key, identity } = await setUp();
    const token = unwrap(await issueDevelopmentToken(key, { app: 'notes', user: 'alice' }, env));
    const { expiresAt } = unwrap(await identity.authenticate({ authorization: `Bearer ${token}`, app: 'notes' }));
    expect(Math.round((expiresAt - env.wall()) / 86_400_000)).toBe(30);
  });

  test('hostile tokens are refused', async () => {
    const { claims, signed, codeOf, key, now } = await setUp();
    const publicBytes = key.publicKey.export({ format: 'der', type: 'spki' });
    const hs256 = `${encoded({ alg: 'HS256' })}.${encoded(claims)}`;
    const good = await signed(claims);
    const [header, , signature] = good.split('.');
    const { exp: _, ...noExp } = claims;
    const { sub: __, ...noSub } = claims;
    const hostile = {
      'alg none': `${encoded({ alg: 'none' })}.${encoded(claims)}.`,
      'alg none with a signature': `${encoded({ alg: 'none' })}.${encoded(claims)}.${signature}`,
      'HS256 keyed by the public key': `${hs256}.${createHmac('sha256', publicBytes).update(hs256).digest('base64url')}`,
      'changed claims': `${header}.${encoded({ ...claims, sub: 'mallory' })}.${signature}`,
      'another key': await signed(claims, generateKeyPairSync('ed25519').privateKey),
      'another audience': await signed({ ...claims, aud: 'lists' }),
      'several audiences': await signed({ ...claims, aud: ['notes', 'lists'] }),
      'another issuer': await signed({ ...claims, iss: 'https://example.com' }),
      expired: await signed({ ...claims, exp: now - 1 }),
      'not yet valid': await signed({ ...claims, nbf: now + 600 }),
      'no exp': await signed(noExp),
      'no sub': await signed(noSub),
      'empty sub': await signed({ ...claims, sub: '' }),
      'sub with a control character': await signed({ ...claims, sub: 'alice\u0000' }),
      'sub too long': await signed({ ...claims, sub: 'a'.repeat(129) }),
      oversize: await signed({ ...claims, padding: 'x'.repeat(9_000) }),
      garbage: 'a.b.c',
    };
    const codes = await Promise.all(Object.entries(hostile).map(async ([name, token]) => [name, await codeOf(`Bearer ${token}`)]));
    expect(codes).toEqual(Object.keys(hostile).map((name) => [name, 'UNAUTHENTICATED']));
    expect(await codeOf(`Bearer ${good}`)).toBe('ok alice');
  });

  test.each([null, '', 'Bearer', 'Bearer ', 'Basic YWxpY2U6eA==', 'Bearer a b', 'token'])('no bearer token: %s', async (authorization) => {
    const { codeOf } = await setUp();
    expect(await codeOf(authorization)).toBe('UNAUTHENTICATED');
  });

  test('users that cannot be are not given tokens', async () => {
    const { env, key } = await setUp();
    for (const user of ['', 'a'.repeat(129), 'a\nb', '\ud800']) {
      expect(await issueDevelopmentToken(key, { app: 'notes', user }, env)).toMatchObject({ ok: false, error: { code: 'BAD_REQUEST' } });
    }
    expect(await issueDevelopmentToken(key, { app: 'notes', user: 'a', expiresIn: 0 }, env)).toMatchObject({ ok: false });
  });

  test('production refuses them unless asked for', async () => {
    const { env, key } = await setUp();
    for (const nodeEnv of ['production', 'Production', 'PRODUCTION ']) {
      expect(createDevelopmentIdentity({ key, env, nodeEnv })).toMatchObject({ ok: false, error: { code: 'FORBIDDEN' } });
    }
    expect(createDevelopmentIdentity({ key, env, nodeEnv: 'production', allowDevelopmentTokens: true }).ok).toBe(true);
  });

  test('the bounded memory of verified tokens forgets the oldest and answers the same', async () => {
    const { env, key, codeOf } = await setUp();
    const tokens = await Promise.all(
      Array.from({ length: 510 }, async (_, i) => unwrap(await issueDevelopmentToken(key, { app: 'notes', user: `u${i}` }, env))),
    );
    for (const [i, token] of tokens.entries()) expect(await codeOf(`Bearer ${token}`)).toBe(`ok u${i}`);
    expect(await codeOf(`Bearer ${tokens[0]}`)).toBe('ok u0');
  });
});
