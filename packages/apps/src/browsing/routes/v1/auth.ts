import { ok, type Result } from '@tidemark/protocol';
import {
  accountEndpoint,
  answerJson,
  answerText,
  type Endpoint,
  type HttpContext,
  NO_INPUT,
  openEndpoint,
  type Services,
  type SessionTokens,
  type SessionWish,
} from '@tidemark/server/rest';
import * as z from 'zod';
import { accountsOf, browserOf, email, nameOf, password, refreshToken } from '../auth.ts';
import { v1Words } from './words.ts';

const ACCESS_TOKEN_MS = 3_600_000;

/** The extension keeps the refresh token it got first, and renews an access token once an hour. */
const wishOf = (services: Services): SessionWish => ({ accessTokenMs: ACCESS_TOKEN_MS, rotates: false, clientId: browserOf(services) });

const name = z.string().max(120).nullish();
const user = z
  .object({
    id: z.string(),
    email: z.string(),
    first_name: z.string().nullable(),
    last_name: z.string().nullable(),
    isVerified: z.boolean(),
  })
  .meta({ id: 'V1User' });

const userOf = ({ id, email: address, firstName, lastName, emailVerified }: SessionTokens['user']): z.output<typeof user> => ({
  id,
  email: address,
  first_name: firstName ?? null,
  last_name: lastName ?? null,
  isVerified: emailVerified,
});

const done = z.object({ success: z.literal(true), message: z.string() });
const answerDone = async (c: HttpContext, result: Result<void>, message: string): Promise<Result<Response>> =>
  result.ok ? ok(await answerJson(c, { success: true, message })) : result;

const v1 = { ...NO_INPUT, method: 'POST' as const, tag: 'v1', errors: v1Words };

const registering = (services: Services): Endpoint =>
  openEndpoint({
    ...v1,
    path: '/api/v1/auth/register',
    summary: 'Open an account and sign in',
    body: z.object({ email, password, first_name: name, last_name: name }),
    answers: {
      201: {
        description: 'Signed in',
        schema: done.extend({
          data: z.object({ access_token: z.string(), refresh_token: z.string(), user, ExpiresIn: z.int().describe('Seconds') }),
        }),
      },
    },
    refusals: ['EMAIL_TAKEN', 'PASSWORD_UNFIT'],
    handle: async (c, { body }) => {
      const accounts = accountsOf(services);
      if (!accounts.ok) return accounts;
      const wanted = { email: body.email, password: body.password, firstName: nameOf(body.first_name), lastName: nameOf(body.last_name) };
      const registered = await accounts.value.register(c, wanted, wishOf(services));
      if (!registered.ok) return registered;
      const { accessToken, refreshToken: refresh, expiresIn, user: account } = registered.value;
      const data = { access_token: accessToken, refresh_token: refresh, user: userOf(account), ExpiresIn: expiresIn };
      return ok(await answerText(c, JSON.stringify({ success: true, message: 'Registered.', data }), 201));
    },
  });

const signingIn = (services: Services): Endpoint =>
  openEndpoint({
    ...v1,
    path: '/api/v1/auth/login',
    summary: 'Sign in',
    body: z.object({ email, password }),
    answers: {
      200: {
        description: 'Signed in',
        schema: z.object({
          statusCode: z.literal(200),
          message: z.string(),
          error: z.literal(false),
          data: z.object({
            AccessToken: z.string(),
            RefreshToken: z.string(),
            IdToken: z.string().describe('The access token once more'),
            ExpiresIn: z.int().describe('Seconds'),
            TokenType: z.literal('Bearer'),
          }),
        }),
      },
    },
    refusals: ['CREDENTIALS_WRONG'],
    handle: async (c, { body }) => {
      const accounts = accountsOf(services);
      if (!accounts.ok) return accounts;
      const signedIn = await accounts.value.login(c, body, wishOf(services));
      if (!signedIn.ok) return signedIn;
      const { accessToken, refreshToken: refresh, expiresIn, tokenType } = signedIn.value;
      const data = { AccessToken: accessToken, RefreshToken: refresh, IdToken: accessToken, ExpiresIn: expiresIn, TokenType: tokenType };
      return ok(await answerJson(c, { statusCode: 200, message: 'Signed in.', error: false, data }));
    },
  });

const refreshing = (services: Services): Endpoint =>
  openEndpoint({
    ...v1,
    path: '/api/v1/auth/refresh',
    summary: 'Get another access token',
    description: 'The refresh token stays the same for as long as the session lasts.',
    body: z.object({ refresh_token: refreshToken }),
    answers: {
      200: { description: 'Signed in for longer', schema: z.object({ data: z.object({ access_token: z.string(), ExpiresIn: z.int() }) }) },
    },
    refusals: ['SESSION_ENDED'],
    handle: async (c, { body }) => {
      const accounts = accountsOf(services);
      if (!accounts.ok) return accounts;
      const refreshed = await accounts.value.refresh(c, body.refresh_token, false);
      if (!refreshed.ok) return refreshed;
      return ok(await answerJson(c, { data: { access_token: refreshed.value.accessToken, ExpiresIn: refreshed.value.expiresIn } }));
    },
  });

const verifying = (services: Services): readonly Endpoint[] => [
  openEndpoint({
    ...v1,
    path: '/api/v1/verify-email',
    summary: 'Verify an e-mail address by the code that was mailed',
    body: z.object({ email, code: z.string().regex(/^\d{6}$/, 'must be six digits') }),
    answers: { 200: { description: 'Verified', schema: done } },
    refusals: ['CODE_INVALID'],
    handle: async (c, { body }) => {
      const accounts = accountsOf(services);
      return accounts.ok ? answerDone(c, await accounts.value.verify(c, body), 'The e-mail address is verified.') : accounts;
    },
  }),
  openEndpoint({
    ...v1,
    path: '/api/v1/resend-verification',
    summary: 'Mail another code',
    body: z.object({ email }),
    answers: { 200: { description: 'On its way, if there is an account that waits for one', schema: done } },
    handle: async (c, { body }) => {
      const accounts = accountsOf(services);
      const message = 'If this address waits to be verified, a mail is on its way.';
      return accounts.ok ? answerDone(c, await accounts.value.resend(c, body.email), message) : accounts;
    },
  }),
];

/** Accounts in the words of the extension. */
export const v1AuthEndpoints = (services: Services): readonly Endpoint[] => [
  registering(services),
  signingIn(services),
  refreshing(services),
  accountEndpoint({
    ...v1,
    method: 'GET',
    path: '/api/v1/auth/me',
    summary: 'Who is signed in',
    answers: { 200: { description: 'The account', schema: z.object({ user }) } },
    handle: async (c, signedIn) => {
      const accounts = accountsOf(services);
      return accounts.ok ? ok(await answerJson(c, { user: userOf(accounts.value.userOf(signedIn)) })) : accounts;
    },
  }),
  openEndpoint({
    ...v1,
    path: '/api/v1/auth/logout',
    summary: 'Sign out',
    description: 'Ends the session of the refresh token, or else of the access token. May be repeated.',
    body: z.object({ refresh_token: refreshToken.optional() }).optional(),
    answers: { 200: { description: 'Signed out', schema: done } },
    handle: async (c, { body }) => {
      const accounts = accountsOf(services);
      return accounts.ok ? answerDone(c, await accounts.value.signOut(c, body?.refresh_token), 'Signed out.') : accounts;
    },
  }),
  ...verifying(services),
];
