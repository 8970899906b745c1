import { expect, test } from 'vitest';
import { createTestEnv, unwrap } from '../../server.suite.ts';
import { createTestNetwork, LIKE } from '../issuers.suite.ts';
import { createLocalIssuer, type LocalIssuer } from '../local-issuer/local-issuer.ts';
import { createKeySource } from './key-source.ts';

const MINUTE_MS = 60_000;

/** The keys of one issuer under a clock that the test moves; `at` holds the time of each fetch. */
const setUp = async () => {
  const issuer = unwrap(await createLocalIssuer({ like: LIKE.oidc, address: 'http://id.test', env: createTestEnv(), nodeEnv: 'test' }));
  const network = createTestNetwork([issuer]);
  let now = 1_000;
  const at: number[] = [];
  const httpGet: typeof network.httpGet = async (url, limits) => {
    at.push(now);
    return network.httpGet(url, limits);
  };
  const keys = createKeySource({ jwksUri: issuer.external.jwksUri, httpGet, env: { mono: () => now } });
  const find = async (kid: string) => {
    const found = await keys.find({ alg: 'ES256', kid });
    return typeof found === 'string' ? found : 'key';
  };
  const move = (ms: number) => {
    now += ms;
  };
  return { issuer, network, at, find, move };
};

const kidOf = async (issuer: LocalIssuer): Promise<string> => JSON.parse(await issuer.jwks()).keys[0].kid;

test('10,000 tokens with key ids that were made up cost at most two fetches in any minute', async () => {
  const { at, find, move } = await setUp();
  for (let i = 0; i < 10_000; i++) {
    expect(await find(`made-up-${i}`)).toBe('unknown');
    move(30);
  }
  for (const from of at) expect(at.filter((time) => time >= from && time <= from + MINUTE_MS).length).toBeLessThanOrEqual(2);
  expect(at.length).toBeGreaterThan(5);
  expect(await find('local-1')).toBe('key');
});

test('many at once share one fetch', async () => {
  const { at, find } = await setUp();
  const found = await Promise.all(Array.from({ length: 500 }, (_, i) => find(i % 2 === 0 ? 'local-1' : `made-up-${i}`)));
  expect(new Set(found)).toEqual(new Set(['key', 'unknown']));
  expect(at.length).toBe(1);
});

test('a new key is taken by one fetch, a removed one refused ten minutes later at the latest', async () => {
  const { issuer, at, find, move } = await setUp();
  expect(await find('local-1')).toBe('key');
  await issuer.rotate();
  move(MINUTE_MS);
  expect(await find(await kidOf(issuer))).toBe('key');
  expect(at.length).toBe(2);
  await issuer.rotate();
  expect(await find('local-1')).toBe('key');
  move(10 * MINUTE_MS);
  expect(await find('local-1')).toBe('unknown');
});

test('while the issuer is out of reach its last keys serve for a day, and no longer', async () => {
  const { network, find, move } = await setUp();
  expect(await find('local-1')).toBe('key');
  network.up = false;
  move(11 * MINUTE_MS);
  expect(await find('local-1')).toBe('key');
  expect(await find('rotated-meanwhile')).toBe('unreachable');
  move(24 * 60 * MINUTE_MS);
  expect(await find('local-1')).toBe('unreachable');
  network.up = true;
  move(MINUTE_MS);
  expect(await find('local-1')).toBe('key');
});

test('a cold start without the issuer asks again soon, and not for every token', async () => {
  const { network, at, find, move } = await setUp();
  network.up = false;
  for (let i = 0; i < 100; i++) expect(await find('local-1')).toBe('unreachable');
  expect(at.length).toBe(1);
  network.up = true;
  move(5_000);
  expect(await find('local-1')).toBe('key');
});

test.each([
  '',
  'null',
  '[]',
  '{}',
  '{"keys":{}}',
  '{"keys":[]}',
  '{"keys":[null,1,{"kty":"oct","k":"c2VjcmV0","kid":"local-1"}]}',
  `{"keys":[${'{},'.repeat(200)}{}]}`,
  '<html>502</html>',
])('an answer that is no list of public keys is as none: %s', async (text) => {
  const { network, find } = await setUp();
  network.instead = text;
  expect(await find('local-1')).toBe('unreachable');
});

test('a key that cannot be used is as one that is not there', async () => {
  const { network, find } = await setUp();
  network.instead =
    '{"keys":[{"kty":"RSA","kid":"local-1","n":"AQAB","e":"AQAB"},{"kty":"RSA","kid":"broken"},{"kty":"XYZ","kid":"strange"}]}';
  for (const kid of ['broken', 'strange', '__proto__']) expect(await find(kid)).toBe('unknown');
});
