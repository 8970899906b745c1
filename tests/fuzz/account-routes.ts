import type { Json } from '@tidemark/protocol';
import fc from 'fast-check';

const email = fc.constantFrom('ann@example.com', 'ANN@example.com', 'bob@example.com', 'eve@bücher.example');
const password = fc.constantFrom('correct horse battery', 'another horse battery', 'short');
const name = fc.string({ minLength: 1, maxLength: 20 });
const mailed = fc.constant('no-mail');
const clientId = fc.constantFrom('c1', 'c2');
const scopes = fc.subarray(['read', 'write'], { minLength: 1 });
/** A body of these members, of which the required ones are always there. */
export const bodyOf = (members: { readonly [member: string]: fc.Arbitrary<Json> }, required: readonly string[]): fc.Arbitrary<Json> =>
  fc.record(members, { requiredKeys: [...required], noNullPrototype: true });
const mail = bodyOf({ email }, ['email']);

/** What every route of accounts takes, those that end in /page as a form; one that is missing here fails the test. */
export const ACCOUNT_SHAPES: { readonly [route: string]: fc.Arbitrary<Json> | undefined } = {
  'POST /auth/register': bodyOf({ email, password, firstName: name, lastName: name, phone: fc.constant('+491701234567') }, [
    'email',
    'password',
  ]),
  'POST /auth/login': bodyOf({ email, password, clientId }, ['email', 'password']),
  'POST /auth/refresh': bodyOf({ refreshToken: fc.constant('no-refresh') }, ['refreshToken']),
  'POST /auth/verify-email': fc.oneof(
    bodyOf({ token: mailed }, ['token']),
    bodyOf({ email, code: fc.constant('123456') }, ['email', 'code']),
  ),
  'POST /auth/resend-verification': mail,
  'POST /auth/magic-link': mail,
  'POST /auth/magic-link/redeem': bodyOf({ token: mailed, clientId }, ['token']),
  'POST /auth/forgot-password': mail,
  'POST /auth/reset-password': bodyOf({ token: mailed, password }, ['token', 'password']),
  'POST /auth/change-email/confirm': bodyOf({ token: mailed }, ['token']),
  'POST /auth/logout': bodyOf({ refreshToken: fc.constant('no-refresh') }, []),
  'POST /auth/logout-all': undefined,
  'POST /auth/change-password': bodyOf({ password, newPassword: password }, ['newPassword']),
  'POST /auth/change-email': bodyOf({ password, email }, ['email']),
  'GET /auth/me': undefined,
  'DELETE /auth/me': bodyOf({ password }, []),
  'GET /auth/events': undefined,
  'GET /auth/sessions': undefined,
  'DELETE /auth/sessions/:id': undefined,
  'GET /auth/keys': undefined,
  'POST /auth/keys': bodyOf({ name, scopes, app: fc.constant('task-tracker') }, ['name', 'scopes']),
  'POST /auth/keys/:id/rotate': undefined,
  'DELETE /auth/keys/:id': undefined,
  'GET /auth/verify-email': undefined,
  'GET /auth/magic-link': undefined,
  'GET /auth/reset-password': undefined,
  'GET /auth/change-email': undefined,
  'POST /auth/verify-email/page': bodyOf({ token: mailed }, ['token']),
  'POST /auth/reset-password/page': bodyOf({ token: mailed, password }, ['token']),
  'POST /auth/change-email/page': bodyOf({ token: mailed }, ['token']),
  'GET /.well-known/jwks.json': undefined,
};
