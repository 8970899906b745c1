import { ok, type Result, refuse } from '@tidemark/protocol';
import {
  type AppAccounts,
  accountEndpoint,
  answerJson,
  answerText,
  type Endpoint,
  type HttpContext,
  NO_INPUT,
  openEndpoint,
  type Services,
} from '@tidemark/server/rest';
import * as z from 'zod';
import { clientName } from '../schema.ts';

export const email = z.string().max(320);
export const password = z.string().max(1_024);
export const refreshToken = z.string().min(1).max(256);
const name = z.string().max(120).nullish();

/** Undefined for what is empty, as forms send it. */
export const nameOf = (text: string | null | undefined): string | undefined => text || undefined;

/** The accounts of the server. Refused with NOT_FOUND where it keeps none. */
export const accountsOf = ({ accounts }: Services): Result<AppAccounts> =>
  accounts === undefined ? refuse('NOT_FOUND', 'This server keeps no accounts; sign in where its tokens come from.') : ok(accounts);

/** A session is bound to a browser: to the one it names, or to one that is named here. */
export const browserOf = ({ env }: Services, clientId?: string): string => clientId ?? `browser-${env.uuid()}`;

const user = z.object({
  id: z.string(),
  email: z.string(),
  emailVerified: z.boolean(),
  firstName: z.string().optional(),
  lastName: z.string().optional(),
  phone: z.string().optional(),
  createdAt: z.number(),
});

const tokens = z
  .object({
    accessToken: z.string(),
    refreshToken: z.string().describe('Each is good once; its successor comes with the answer'),
    tokenType: z.literal('Bearer'),
    expiresIn: z.number().describe('Seconds'),
    user,
  })
  .meta({ id: 'Tokens' });

const answerDone = (c: HttpContext, done: Result<void>): Promise<Result<Response>> =>
  done.ok ? answerJson(c, { status: 'done' }).then(ok) : Promise.resolve(done);

const auth = { ...NO_INPUT, method: 'POST' as const, tag: 'accounts' };
const clientId = clientName.optional().describe('The browser that signs in, for records that do not name theirs');

/** The account routes of the plan. They are the accounts of the server; the native routes under /auth are theirs too. */
export const authEndpoints = (services: Services): readonly Endpoint[] => [
  openEndpoint({
    ...auth,
    path: '/api/auth/register',
    summary: 'Open an account and sign in',
    body: z.object({ email, password, firstName: name, lastName: name, clientId }),
    answers: { 201: { description: 'Signed in; a mail to verify the address is under way', schema: tokens } },
    refusals: ['EMAIL_TAKEN', 'PASSWORD_UNFIT'],
    handle: async (c, { body }) => {
      const accounts = accountsOf(services);
      if (!accounts.ok) return accounts;
      const wanted = { email: body.email, password: body.password, firstName: nameOf(body.firstName), lastName: nameOf(body.lastName) };
      const registered = await accounts.value.register(c, wanted, { clientId: browserOf(services, body.clientId) });
      return registered.ok ? ok(await answerText(c, JSON.stringify(registered.value), 201)) : registered;
    },
  }),
  openEndpoint({
    ...auth,
    path: '/api/auth/login',
    summary: 'Sign in',
    body: z.object({ email, password, clientId }),
    answers: { 200: { description: 'Signed in', schema: tokens } },
    refusals: ['CREDENTIALS_WRONG'],
    handle: async (c, { body }) => {
      const accounts = accountsOf(services);
      if (!accounts.ok) return accounts;
      const signedIn = await accounts.value.login(c, body, { clientId: browserOf(services, body.clientId) });
      return signedIn.ok ? ok(await answerJson(c, signedIn.value)) : signedIn;
    },
  }),
  openEndpoint({
    ...auth,
    path: '/api/auth/refresh',
    summary: 'Exchange a refresh token',
    body: z.object({ refreshToken }),
    answers: { 200: { description: 'Signed in for longer', schema: tokens } },
    refusals: ['SESSION_ENDED'],
    handle: async (c, { body }) => {
      const accounts = accountsOf(services);
      if (!accounts.ok) return accounts;
      const refreshed = await accounts.value.refresh(c, body.refreshToken, true);
      return refreshed.ok ? ok(await answerJson(c, refreshed.value)) : refreshed;
    },
  }),
  openEndpoint({
    ...auth,
    path: '/api/auth/logout',
    summary: 'Sign out',
    description: 'Ends the session of the refresh token, or else of the access token. May be repeated.',
    body: z.object({ refreshToken: refreshToken.optional() }).optional(),
    answers: { 200: { description: 'Signed out', schema: z.object({ status: z.literal('done') }) } },
    handle: async (c, { body }) => {
      const accounts = accountsOf(services);
      return accounts.ok ? answerDone(c, await accounts.value.signOut(c, body?.refreshToken)) : accounts;
    },
  }),
  accountEndpoint({
    ...auth,
    method: 'GET',
    path: '/api/auth/me',
    summary: 'Who is signed in',
    answers: { 200: { description: 'The account', schema: z.object({ user }) } },
    handle: async (c, signedIn) => {
      const accounts = accountsOf(services);
      return accounts.ok ? ok(await answerJson(c, { user: accounts.value.userOf(signedIn) })) : accounts;
    },
  }),
];
