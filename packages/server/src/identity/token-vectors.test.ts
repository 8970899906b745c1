import { createHmac } from 'node:crypto';
import type { JsonObject } from '@tidemark/protocol';
import { exportSPKI, generateKeyPair, importJWK, type JSONWebKeySet, SignJWT } from 'jose';
import { expect, test } from 'vitest';
import { openTestServer, refusalOf } from '../server.suite.ts';
import { openIssuers } from './issuers.suite.ts';
import type { LocalIssuer } from './local-issuer/local-issuer.ts';

// RELIABILITY 3.1: each of these is a 401 and one line in the log that holds nothing of the token.

const encoded = (value: unknown) => Buffer.from(typeof value === 'string' ? value : JSON.stringify(value)).toString('base64url');

type Issuers = Awaited<ReturnType<typeof openIssuers>>;
type Vector = (issuers: Issuers) => Promise<string> | string;

const nowOf = ({ env }: Issuers) => Math.floor(env.wall() / 1000);
const claimsOf = (issuers: Issuers, issuer: LocalIssuer = issuers.google) => ({
  iss: issuer.address,
  sub: 'alice',
  aud: 'web-client',
  iat: nowOf(issuers),
  exp: nowOf(issuers) + 600,
});
const unsigned = (issuers: Issuers, alg: unknown) => `${encoded({ alg, kid: 'local-1' })}.${encoded(claimsOf(issuers))}.`;
/** A good token of Google's kind but for these claims. */
const google =
  (change: (now: number) => JsonObject): Vector =>
  (issuers) =>
    issuers.google.sign({ ...claimsOf(issuers), ...change(nowOf(issuers)) });
const googleHeader =
  (header: object): Vector =>
  (issuers) =>
    issuers.google.sign(claimsOf(issuers), header);
const without =
  (name: string): Vector =>
  (issuers) =>
    issuers.google.sign(Object.fromEntries(Object.entries(claimsOf(issuers)).filter(([claim]) => claim !== name)));
const good = (issuers: Issuers) => issuers.google.sign(claimsOf(issuers));
const cognitoClaims = (issuers: Issuers, issuer: LocalIssuer) => ({ ...claimsOf(issuers, issuer), aud: 'timer', token_use: 'id' });

const keysOf = async (issuer: LocalIssuer) => {
  const set: JSONWebKeySet = JSON.parse(await issuer.jwks());
  const [jwk] = set.keys;
  if (jwk === undefined) throw new Error('the issuer lists no key');
  return { jwk, spki: await exportSPKI(await importKey(jwk)) };
};
const importKey = async (jwk: JSONWebKeySet['keys'][number]) => {
  const key = await importJWK(jwk, 'RS256', { extractable: true });
  if (key instanceof Uint8Array) throw new Error('a symmetric key');
  return key;
};
const hmacBy = (issuers: Issuers, secret: string) => {
  const input = `${encoded({ alg: 'HS256', kid: 'local-1' })}.${encoded(claimsOf(issuers))}`;
  return `${input}.${createHmac('sha256', secret).update(input).digest('base64url')}`;
};
const byStranger = async (issuers: Issuers, header: object) => {
  const { privateKey } = await generateKeyPair('RS256');
  return new SignJWT(claimsOf(issuers)).setProtectedHeader({ alg: 'RS256', kid: 'local-1', ...header }).sign(privateKey);
};

const VECTORS: Record<string, Vector> = {
  'alg none': (issuers) => unsigned(issuers, 'none'),
  'alg None': (issuers) => unsigned(issuers, 'None'),
  'alg NONE': (issuers) => unsigned(issuers, 'NONE'),
  'alg nOnE': (issuers) => unsigned(issuers, 'nOnE'),
  'alg empty': (issuers) => unsigned(issuers, ''),
  'alg null': (issuers) => unsigned(issuers, null),
  'alg a list': (issuers) => unsigned(issuers, ['RS256']),
  'alg none with the signature of a good token': async (issuers) =>
    `${unsigned(issuers, 'none')}${(await good(issuers)).split('.')[2] ?? ''}`,
  'HS256 by the PEM of the public key': async (issuers) => hmacBy(issuers, (await keysOf(issuers.google)).spki),
  'HS256 by the modulus of the public key': async (issuers) => hmacBy(issuers, (await keysOf(issuers.google)).jwk.n ?? ''),
  'HS256 by nothing': (issuers) => hmacBy(issuers, ''),
  'an algorithm the issuer does not use': (issuers) => issuers.oidc.sign(claimsOf(issuers), { alg: 'ES256' }),
  'a key of a stranger': (issuers) => byStranger(issuers, {}),
  'jku to the key of a stranger': (issuers) => byStranger(issuers, { jku: 'https://evil.example/jwks.json' }),
  'x5u to the key of a stranger': (issuers) => byStranger(issuers, { x5u: 'https://evil.example/cert.pem' }),
  'the key of a stranger as jwk': async (issuers) => byStranger(issuers, { jwk: (await keysOf(issuers.cognitoId)).jwk }),
  'jku, though the key is the right one': googleHeader({ jku: 'https://evil.example/jwks.json' }),
  'crit, though the key is the right one': googleHeader({ crit: ['b64'], b64: true }),
  'b64 false': async (issuers) =>
    (await good(issuers)).replace(/^[^.]+/, encoded({ alg: 'RS256', kid: 'local-1', b64: false, crit: ['b64'] })),
  'a JWE': () => `${encoded({ alg: 'RSA-OAEP', enc: 'A256GCM' })}.a.b.c.d`,
  'kid a path': googleHeader({ kid: '../../dev/null' }),
  'kid SQL': googleHeader({ kid: "' OR 1=1 --" }),
  'kid __proto__': googleHeader({ kid: '__proto__' }),
  'kid constructor': googleHeader({ kid: 'constructor' }),
  'kid of 129 characters': googleHeader({ kid: 'k'.repeat(129) }),
  'kid empty': googleHeader({ kid: '' }),
  'kid missing': googleHeader({ kid: undefined }),
  'kid a list': async (issuers) =>
    byStranger(issuers, {}).then((token) => token.replace(/^[^.]+/, encoded({ alg: 'RS256', kid: ['local-1'] }))),
  'another typ': googleHeader({ typ: 'logout+jwt' }),
  'a kid of another issuer that is listed there': async (issuers) => issuers.cognitoId.sign(claimsOf(issuers)),
  'the key of one issuer under the iss of another': (issuers) => issuers.google.sign(cognitoClaims(issuers, issuers.cognitoId)),
  'an issuer that is not in the table': google(() => ({ iss: 'https://evil.example' })),
  'iss of the real Google': google(() => ({ iss: 'https://accounts.google.com' })),
  'iss with a slash more': (issuers) => issuers.google.sign({ ...claimsOf(issuers), iss: `${issuers.google.address}/` }),
  'iss in capitals': (issuers) => issuers.google.sign({ ...claimsOf(issuers), iss: issuers.google.address.toUpperCase() }),
  'iss a list': (issuers) => issuers.google.sign({ ...claimsOf(issuers), iss: [issuers.google.address] }),
  'iss __proto__': google(() => ({ iss: '__proto__' })),
  'no iss': without('iss'),
  'no exp': without('exp'),
  'exp a string': google((now) => ({ exp: String(now + 600) })),
  'exp null': google(() => ({ exp: null })),
  'exp beyond a day': google((now) => ({ exp: now + 25 * 3600 })),
  'exp 1e308': google(() => ({ exp: 1e308 })),
  'exp beyond a day without iat': (issuers) => {
    const { iat, ...claims } = claimsOf(issuers);
    return issuers.google.sign({ ...claims, exp: iat + 25 * 3600 });
  },
  expired: google((now) => ({ iat: now - 7200, exp: now - 61 })),
  'not yet valid': google((now) => ({ nbf: now + 90 })),
  'issued in the future': google((now) => ({ iat: now + 90 })),
  'iat a string': google(() => ({ iat: 'now' })),
  'no sub': without('sub'),
  'sub empty': google(() => ({ sub: '' })),
  'sub a number': google(() => ({ sub: 7 })),
  'sub with a control character': google(() => ({ sub: 'alice\u0000' })),
  'sub of 256 characters': google(() => ({ sub: 'a'.repeat(256) })),
  'no aud': without('aud'),
  'another aud': google(() => ({ aud: 'another-app' })),
  'several aud': google(() => ({ aud: ['web-client', 'another-app'] })),
  'azp of another party': google(() => ({ azp: 'another-app' })),
  'token_use access where ID is expected': (issuers) =>
    issuers.cognitoId.sign({ ...cognitoClaims(issuers, issuers.cognitoId), token_use: 'access', client_id: 'timer' }),
  'token_use missing': (issuers) => issuers.cognitoId.sign({ ...claimsOf(issuers, issuers.cognitoId), aud: 'timer' }),
  'token_use ID where access is expected': (issuers) =>
    issuers.cognitoAccess.sign({ ...cognitoClaims(issuers, issuers.cognitoAccess), client_id: 'timer' }),
  'an access token of another client': (issuers) =>
    issuers.cognitoAccess.sign({ ...cognitoClaims(issuers, issuers.cognitoAccess), token_use: 'access', client_id: 'another' }),
  'an access token with aud instead of client_id': (issuers) =>
    issuers.cognitoAccess.sign({ ...cognitoClaims(issuers, issuers.cognitoAccess), token_use: 'access' }),
  'a member named twice in the payload': async (issuers) => {
    const [header, payload, signature] = (await good(issuers)).split('.');
    const json = Buffer.from(payload ?? '', 'base64url').toString();
    return `${header}.${encoded(json.replace(/}$/, ',"sub":"mallory"}'))}.${signature}`;
  },
  'a member named twice in the header': async (issuers) =>
    (await good(issuers)).replace(/^[^.]+/, encoded('{"alg":"none","alg":"RS256","kid":"local-1"}')),
  'changed claims': async (issuers) => {
    const [header, , signature] = (await good(issuers)).split('.');
    return `${header}.${encoded({ ...claimsOf(issuers), sub: 'mallory' })}.${signature}`;
  },
  'padded base64': async (issuers) => (await good(issuers)).replace('.', '=.'),
  'base64 with + and /': async (issuers) => `${await good(issuers)}+/`,
  'base64 that is not canonical': async (issuers) => `${(await good(issuers)).slice(0, -1)}_`,
  'two parts': async (issuers) => (await good(issuers)).split('.').slice(0, 2).join('.'),
  'four parts': async (issuers) => `${await good(issuers)}.x`,
  'no dots': () => 'token',
  'the header a list': async (issuers) => (await good(issuers)).replace(/^[^.]+/, encoded([])),
  'the header not JSON': async (issuers) => (await good(issuers)).replace(/^[^.]+/, encoded('{alg}')),
  'the header not UTF-8': async (issuers) => (await good(issuers)).replace(/^[^.]+/, Buffer.from([0x7b, 0xff, 0x7d]).toString('base64url')),
  '5,000 open brackets': async (issuers) => (await good(issuers)).replace(/^[^.]+/, encoded('['.repeat(5_000))),
  'more than 8 KiB': google(() => ({ padding: 'x'.repeat(7_000) })),
  'an API key where none are taken': () => 'tm_live_abcdefgh_0123456789abcdefghijABCDEFGHIJ',
};

const opened = openIssuers();

test.each(Object.entries(VECTORS))('refused: %s', async (_, vector) => {
  const issuers = await opened;
  const { server, logged } = await openTestServer({ env: issuers.env, identity: issuers.identity });
  const token = await vector(issuers);
  const before = logged().length;
  const ask = (authorization: string) =>
    server.app.request('/apps/notes/sync/session', { headers: { Authorization: authorization, 'X-Correlation-Id': 'vector' } });
  const response = await ask(`Bearer ${token}`);
  const body = await response.clone().text();
  expect(await refusalOf(response)).toBe('401 UNAUTHENTICATED');
  const lines = logged().slice(before);
  expect(lines).toEqual([
    expect.objectContaining({ correlationId: 'vector', status: 401, code: 'UNAUTHENTICATED', reason: expect.any(String) }),
  ]);
  for (const part of token.split('.').filter((one) => one.length > 8)) {
    expect(JSON.stringify(lines)).not.toContain(part);
    expect(body).not.toContain(part);
  }
  expect(issuers.network.fetched.filter((url) => url.includes('evil'))).toEqual([]);
  expect((await ask(`Bearer ${await good(issuers)}`)).status).toBe(200);
});

test.each(['Basic YWxpY2U6eA==', 'Bearer', 'Bearer ', 'bearer a b', 'Bearer a,Bearer b', ''])(
  'no bearer token: %j',
  async (authorization) => {
    const issuers = await openIssuers();
    const { server } = await openTestServer({ env: issuers.env, identity: issuers.identity });
    const response = await server.app.request('/apps/notes/sync/session', { headers: { Authorization: authorization } });
    expect(await refusalOf(response)).toBe('401 UNAUTHENTICATED');
  },
);
