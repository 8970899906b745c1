import { request } from 'node:http';
import { expect, test } from 'vitest';
import { httpGet } from '../../platform/http-get.ts';
import { createNodeEnv } from '../../platform/node-env.ts';
import { createTestEnv, openTestServer, refusalOf, unwrap } from '../../server.suite.ts';
import { createTestNetwork, LIKE, openIssuers } from '../issuers.suite.ts';
import { createLocalIssuer } from '../local-issuer/local-issuer.ts';
import { serveLocalIssuer } from '../local-issuer/serve-local-issuer.ts';
import { createExternalIdentity } from './external-identity.ts';
import { externalIssuerOf, type IssuerConfig } from './issuer-config.ts';

const bearer = (token: string) => ({ authorization: `Bearer ${token}`, app: 'notes' });

test('each kind of token tells who it is', async () => {
  const { google, cognitoId, cognitoAccess, oidc, identity } = await openIssuers();
  const person = { sub: 'p-1', email: 'p@example.com', name: 'P', phone: '+4915112345678' };
  const principal = async (token: Promise<string>) => unwrap(await identity.authenticate(bearer(await token)));
  expect(await principal(google.signIn(person))).toMatchObject({
    issuer: google.address,
    subject: 'p-1',
    spaceKey: `${google.address}|p-1`,
    scopes: ['read', 'write'],
    emailVerified: true,
    profile: { email: 'p@example.com', name: 'P' },
  });
  expect(await principal(google.signIn({ ...person, emailVerified: false }))).toMatchObject({ emailVerified: false });
  expect(await principal(cognitoId.signIn(person))).toMatchObject({ issuer: cognitoId.address, profile: { phone: '+4915112345678' } });
  expect(await principal(cognitoAccess.signIn(person))).toMatchObject({ issuer: cognitoAccess.address, emailVerified: false, profile: {} });
  expect(await principal(oidc.signIn(person))).toMatchObject({ issuer: oidc.address, subject: 'p-1' });
});

test('the same subject of several issuers has several spaces; no subject can be made up that has the space of another', async () => {
  const { google, cognitoId, oidc, identity } = await openIssuers();
  const keyOf = async (token: Promise<string>) => unwrap(await identity.authenticate(bearer(await token))).spaceKey;
  const keys = [
    await keyOf(google.signIn({ sub: 'x' })),
    await keyOf(cognitoId.signIn({ sub: 'x' })),
    await keyOf(oidc.signIn({ sub: 'x' })),
  ];
  expect(new Set(keys).size).toBe(3);
  expect(await keyOf(google.signIn({ sub: `|${oidc.address}|x%7C` }))).toBe(`${google.address}|%7C${oidc.address}%7Cx%257C`);
});

test("Google's names: both forms of iss are one issuer, any of its clients is an audience, a domain may be asked for", async () => {
  const real = externalIssuerOf({ ...LIKE.google, hostedDomain: 'example.com' });
  expect(real.acceptedIss).toEqual(['https://accounts.google.com', 'accounts.google.com']);
  expect(real.claimFault({ aud: 'ios-client', hd: 'example.com' })).toBe(undefined);
  expect(real.claimFault({ aud: 'web-client', azp: 'ios-client', hd: 'example.com' })).toBe(undefined);
  expect(real.claimFault({ aud: 'web-client' })).toMatch(/domain/);
  const env = createTestEnv();
  const local = unwrap(await createLocalIssuer({ like: LIKE.google, address: 'accounts.google.com', env, nodeEnv: 'test' }));
  const identity = createExternalIdentity(externalIssuerOf(LIKE.google), { httpGet: () => local.jwks(), env });
  const iat = Math.floor(env.wall() / 1000);
  for (const iss of ['accounts.google.com', 'https://accounts.google.com']) {
    const token = await local.sign({ iss, sub: '42', aud: 'ios-client', iat, exp: iat + 60 });
    expect(unwrap(await identity.authenticate(bearer(token)))).toMatchObject({
      issuer: 'https://accounts.google.com',
      spaceKey: 'https://accounts.google.com|42',
    });
  }
});

test('a Cognito pool knows its region; its space can belong to the verified phone number', async () => {
  const byPhone = { ...LIKE.cognitoId, spaceBy: 'phone' } as const satisfies IssuerConfig;
  expect(externalIssuerOf(byPhone).jwksUri).toBe(
    'https://cognito-idp.eu-central-1.amazonaws.com/eu-central-1_AbCdEf123/.well-known/jwks.json',
  );
  const env = createTestEnv();
  const local = unwrap(await createLocalIssuer({ like: byPhone, address: 'http://pool.test', env, nodeEnv: 'test' }));
  const identity = createExternalIdentity(local.external, { httpGet: () => local.jwks(), env });
  const token = await local.signIn({ sub: 'a', phone: '+15551234567' });
  expect(unwrap(await identity.authenticate(bearer(token))).spaceKey).toBe('http://pool.test|phone|+15551234567');
  expect(await identity.authenticate(bearer(await local.signIn({ sub: 'a' })))).toMatchObject({ ok: false, error: { code: 'FORBIDDEN' } });
});

test('clocks may differ by a minute', async () => {
  const { google, identity, env } = await openIssuers();
  const now = Math.floor(env.wall() / 1000);
  const claims = { iss: google.address, sub: 'a', aud: 'web-client' };
  const isTaken = async (times: object) => (await identity.authenticate(bearer(await google.sign({ ...claims, ...times })))).ok;
  expect(await isTaken({ iat: now + 55, nbf: now + 55, exp: now + 600 })).toBe(true);
  expect(await isTaken({ iat: now - 600, exp: now - 55 })).toBe(true);
  expect(await isTaken({ iat: now - 600, exp: now - 65 })).toBe(false);
});

test('a token that was verified is verified again a minute later, and never taken beyond its end', async () => {
  const env = createTestEnv();
  let mono = 0;
  const local = unwrap(await createLocalIssuer({ like: LIKE.oidc, address: 'http://id.test', env, nodeEnv: 'test' }));
  const network = createTestNetwork([local]);
  const identity = createExternalIdentity(local.external, { httpGet: network.httpGet, env: { wall: env.wall, mono: () => mono } });
  const token = await local.signIn({ sub: 'a' });
  const isTaken = async () => (await identity.authenticate(bearer(token))).ok;
  expect([await isTaken(), await isTaken()]).toEqual([true, true]);
  await local.rotate();
  await local.rotate();
  mono += 11 * 60_000;
  expect(await isTaken()).toBe(false);
  const late = await local.signIn({ sub: 'a' });
  mono += 60_000;
  expect((await identity.authenticate(bearer(late))).ok).toBe(true);
  env.moveWall(3_700_000);
  expect((await identity.authenticate(bearer(late))).ok).toBe(false);
});

test('an issuer that cannot be reached at a cold start is a 503 that says when to try again, never a 401', async () => {
  const issuers = await openIssuers();
  const { server } = await openTestServer({ env: issuers.env, identity: issuers.identity });
  issuers.network.up = false;
  const token = await issuers.google.signIn({ sub: 'alice' });
  const response = await server.app.request('/apps/notes/sync/session', { headers: { Authorization: `Bearer ${token}` } });
  expect(response.headers.get('Retry-After')).toBe('1');
  expect(await refusalOf(response)).toBe('503 UNAVAILABLE');
});

test('over sockets: a local issuer, its keys fetched, its token taken', async () => {
  const env = createNodeEnv();
  const local = unwrap(await serveLocalIssuer({ like: LIKE.cognitoId, port: 0, nodeEnv: 'development' }, env));
  try {
    const asked = await fetch(`${local.address}/token`, { method: 'POST', body: JSON.stringify({ sub: 'demo', phone: '+15551234567' }) });
    const { token }: { token: string } = JSON.parse(await asked.text());
    const identity = createExternalIdentity(local.external, { httpGet, env });
    expect(unwrap(await identity.authenticate(bearer(token)))).toMatchObject({ subject: 'demo', profile: { phone: '+15551234567' } });
    expect((await fetch(`${local.address}/token`, { method: 'POST', body: '{"sub":""}' })).status).toBe(400);
    expect(
      (await fetch(`${local.address}/token`, { method: 'POST', body: '{"sub":"a"}', headers: { Origin: 'https://evil.example' } })).status,
    ).toBe(403);
    const rebound = await new Promise((resolve) => {
      request(`${local.address}/.well-known/jwks.json`, { headers: { Host: 'evil.example' } }, (answer) =>
        resolve(answer.statusCode),
      ).end();
    });
    expect(rebound).toBe(403);
    expect(await httpGet(`${local.address}/nothing`, { timeoutMs: 1_000, bytesMax: 1_000 })).toBe(undefined);
    expect(await httpGet(local.external.jwksUri, { timeoutMs: 1_000, bytesMax: 10 })).toBe(undefined);
  } finally {
    await local.close();
  }
  expect(await httpGet(local.external.jwksUri, { timeoutMs: 1_000, bytesMax: 1_000 })).toBe(undefined);
});

test('production has no local issuer', async () => {
  expect(await serveLocalIssuer({ like: LIKE.google, port: 0, nodeEnv: 'production' }, createNodeEnv())).toMatchObject({
    ok: false,
    error: { code: 'FORBIDDEN' },
  });
});
