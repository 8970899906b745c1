import { createMemoryAccounts } from '@tidemark/engine/accounts';
import { expect, test } from 'vitest';
import { openAccounts, PASSWORD, tokensOf } from './accounts.suite.ts';
import { createPii, type PiiKey } from './pii.ts';
import { secureRandomBytes } from './platform/random-bytes.ts';
import { resealAccounts } from './reseal.ts';

const keyOf = (id: string): PiiKey => ({ id, key: new Uint8Array(32).fill(id.charCodeAt(0)) });
const EMAIL = 'ann.example@example.com';
const PHONE = '+15550100123';
const registration = { email: EMAIL, password: PASSWORD, firstName: 'Annabelle', phone: PHONE };

const storedText = async (items: ReturnType<typeof createMemoryAccounts>): Promise<string> =>
  JSON.stringify((await items.scan({ limit: 1_000 })).items);

test('what is sealed opens at its place only, and a change shows', () => {
  const pii = createPii([keyOf('a')], secureRandomBytes);
  const sealed = pii.seal(EMAIL, 'ann/email');
  expect(sealed.text).not.toContain(EMAIL);
  expect(pii.open(sealed, 'ann/email')).toBe(EMAIL);
  expect(() => pii.open(sealed, 'bert/email')).toThrow();
  const changed = Buffer.from(sealed.text, 'base64');
  changed[20] = (changed[20] ?? 0) ^ 1;
  expect(() => pii.open({ ...sealed, text: changed.toString('base64') }, 'ann/email')).toThrow();
  expect(() => createPii([keyOf('b')], secureRandomBytes).open(sealed, 'ann/email')).toThrow(/key a/);
  expect(pii.seal(EMAIL, 'ann/email').text).not.toBe(sealed.text);
});

test('with a key no personal data is stored in the clear, also not as a bare hash', async () => {
  const items = createMemoryAccounts();
  const { call } = await openAccounts({ storage: items, piiKeys: [keyOf('a')] });
  await call('POST', '/auth/register', { body: registration });
  const { user } = await tokensOf(await call('POST', '/auth/login', { body: { email: EMAIL, password: PASSWORD } }));
  expect(user).toMatchObject({ email: EMAIL, firstName: 'Annabelle', phone: PHONE });
  const stored = await storedText(items);
  for (const text of [EMAIL, 'Annabelle', PHONE, PASSWORD, ...createPii([], secureRandomBytes).indexes(EMAIL)]) {
    expect(stored).not.toContain(text);
  }
});

test('keys are changed while people sign in, and cut off anywhere it goes on', async () => {
  const items = createMemoryAccounts();
  const first = await openAccounts({ storage: items });
  for (let i = 0; i < 5; i += 1) await first.call('POST', '/auth/register', { body: { ...registration, email: `ann${i}@example.com` } });
  const stages: (readonly PiiKey[])[] = [[keyOf('a')], [keyOf('b'), keyOf('a')], [keyOf('b')]];
  for (const [stage, piiKeys] of stages.entries()) {
    const server = await openAccounts({ storage: items, piiKeys });
    const signsIn = async (i: number) =>
      (await server.call('POST', '/auth/login', { body: { email: `ann${i}@example.com`, password: PASSWORD } })).status;
    expect(await signsIn(0)).toBe(200);
    const again = await server.call('POST', '/auth/register', { body: { ...registration, email: 'ann1@example.com' } });
    expect(again.status).toBe(202);
    expect(await resealAccounts(server.accounts.context)).toBe(stage === 2 ? 0 : 5);
    expect(await resealAccounts(server.accounts.context)).toBe(0);
    for (let i = 0; i < 5; i += 1) expect(await signsIn(i)).toBe(200);
  }
  const stored = await storedText(items);
  expect(stored).not.toContain('@example.com');
  expect(stored).not.toContain('"keyId":"a"');
  expect(stored.match(/"id":"claim"/g)).toHaveLength(5);
});
