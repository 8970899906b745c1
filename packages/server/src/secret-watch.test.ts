import { expect, test } from 'vitest';
import { leaksIn, secretsIn } from './secret-watch.suite.ts';

test('secrets are known by the names of their members, however deep', () => {
  const answer = { user: { id: 'a' }, accessToken: 'first', tokens: [{ refreshToken: 'second' }], keys: { created: { key: 'third' } } };
  expect(secretsIn(answer)).toEqual(['first', 'second', 'third']);
});

test('a leak is seen whole or in part', () => {
  const secret = 'headerheader.payloadpayload.signature';
  expect(leaksIn([`{"msg":"took ${secret}"}`], [secret])).toEqual([secret]);
  expect(leaksIn(['{"msg":"took payloadpayload"}'], [secret])).toEqual([secret]);
  expect(leaksIn(['{"msg":"took nothing"}'], [secret, 'short'])).toEqual([]);
});
