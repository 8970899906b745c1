import { createHash } from 'node:crypto';
import { expect, test } from 'vitest';
import { createLogger } from './logger.ts';
import { redactSecrets } from './redact.ts';

const logged = (value: object): string => {
  const lines: string[] = [];
  createLogger({ destination: { write: (line) => lines.push(line) } }).info(value, 'a line');
  return lines.join('');
};
const random = (text: string) => createHash('sha256').update(text).digest('base64url');
const part = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');
const JWT = `${part({ alg: 'RS256', kid: 'a' })}.${part({ sub: 'alice' })}.${random('signature')}`;
const API_KEY = `tm_live_a1b2c3d4_${random('key').replaceAll(/[_-]/g, 'x')}`;

test.each(['authorization', 'token', 'accessToken', 'refreshToken', 'password', 'secret', 'email', 'headers', 'body'])(
  'the member %s is never written, nor where it stands one level down',
  (name) => {
    expect(logged({ [name]: 'hush' })).not.toContain('hush');
    expect(logged({ request: { [name]: 'hush' } })).not.toContain('hush');
  },
);

test.each([
  ['a JWT', JWT],
  ['a JWT without its signature', JWT.split('.').slice(0, 2).join('.')],
  ['an API key', API_KEY],
  ['a refresh token', random('refresh')],
])('%s is taken out wherever it stands', (_, secret) => {
  for (const line of [logged({ err: new Error(`cannot read ${secret}`) }), logged({ url: `/auth/verify?token=${secret}` })]) {
    expect(line).not.toContain(secret);
    expect(line).toContain('[redacted]');
    expect(() => JSON.parse(line)).not.toThrow();
  }
});

test('what is needed to find a fault stays', () => {
  const correlationId = '0af76519-16cd-43dd-8448-eb211c80319c';
  const err = new Error('SQLITE_FULL: database or disk is full');
  const line = logged({ correlationId, traceId: '0af7651916cd43dd8448eb211c80319c', route: '/sync/push', err });
  for (const word of [correlationId, '0af7651916cd43dd8448eb211c80319c', '/sync/push', 'SQLITE_FULL', 'logger.test.ts']) {
    expect(line).toContain(word);
  }
});

test('a long line costs no more than its length', () => {
  const startedAt = performance.now();
  redactSecrets('eyJ'.repeat(300_000));
  redactSecrets('a'.repeat(1_000_000));
  redactSecrets('tm_live_'.repeat(100_000));
  redactSecrets(`eyJ${'a.'.repeat(300_000)}`);
  expect(performance.now() - startedAt).toBeLessThan(2_000);
});
