import { answerJson, answerRefusal } from '../../http/answer.ts';
import { readQuery } from '../../http/check.ts';
import { userOf } from '../account.ts';
import { askForEmailChange, changeEmail, changePassword, logoutEverywhere } from '../change-account.ts';
import { deleteAccount } from '../delete-account.ts';
import { listEvents } from '../events.ts';
import { redeemMagicLink, resetPassword, sendMagicLink, sendResetLink } from '../recover.ts';
import { register } from '../register.ts';
import { endSession, listSessions, refresh } from '../sessions.ts';
import { login, type SignedIn } from '../sign-in.ts';
import { signOut } from '../sign-out.ts';
import { resendVerification, verifyByCode, verifyByToken } from '../verify-email.ts';
import { type AuthCall, type AuthRoute, answerAccepted, answerDone, answerResult } from './auth-route.ts';
import {
  changeEmailSchema,
  changePasswordSchema,
  deleteSchema,
  emailSchema,
  eventsQuery,
  loginSchema,
  logoutSchema,
  readMessage,
  readOptional,
  redeemSchema,
  refreshSchema,
  registerSchema,
  resetSchema,
  tokenSchema,
  verifySchema,
} from './messages.ts';

const registering = async ({ c, context, caller }: AuthCall): Promise<Response> => {
  const request = await readMessage(c, registerSchema);
  return answerAccepted(c, request.ok ? await register(context, request.value, caller) : request);
};

const signingIn = async ({ c, context, caller }: AuthCall): Promise<Response> => {
  const request = await readMessage(c, loginSchema);
  if (!request.ok) return answerRefusal(c, request.error);
  return answerResult(c, await login(context, request.value, caller, { clientId: request.value.clientId }));
};

const refreshing = async ({ c, context, caller }: AuthCall): Promise<Response> => {
  const request = await readMessage(c, refreshSchema);
  return answerResult(c, request.ok ? await refresh(context, request.value.refreshToken, caller) : request);
};

const verifying = async ({ c, context, caller }: AuthCall): Promise<Response> => {
  const request = await readMessage(c, verifySchema);
  if (!request.ok) return answerRefusal(c, request.error);
  const { value } = request;
  return answerDone(c, 'token' in value ? await verifyByToken(context, value.token, caller) : await verifyByCode(context, value, caller));
};

const resending = async ({ c, context, caller }: AuthCall): Promise<Response> => {
  const request = await readMessage(c, emailSchema);
  return answerAccepted(c, request.ok ? await resendVerification(context, request.value.email, caller) : request);
};

const sendingMagic = async ({ c, context, caller }: AuthCall): Promise<Response> => {
  const request = await readMessage(c, emailSchema);
  return answerAccepted(c, request.ok ? await sendMagicLink(context, request.value.email, caller) : request);
};

const redeeming = async ({ c, context, caller }: AuthCall): Promise<Response> => {
  const request = await readMessage(c, redeemSchema);
  if (!request.ok) return answerRefusal(c, request.error);
  return answerResult(c, await redeemMagicLink(context, request.value.token, caller, { clientId: request.value.clientId }));
};

const forgetting = async ({ c, context, caller }: AuthCall): Promise<Response> => {
  const request = await readMessage(c, emailSchema);
  return answerAccepted(c, request.ok ? await sendResetLink(context, request.value.email, caller) : request);
};

const resetting = async ({ c, context, caller }: AuthCall): Promise<Response> => {
  const request = await readMessage(c, resetSchema);
  return answerDone(c, request.ok ? await resetPassword(context, request.value, caller) : request);
};

const confirmingEmail = async ({ c, context, caller }: AuthCall): Promise<Response> => {
  const request = await readMessage(c, tokenSchema);
  return answerDone(c, request.ok ? await changeEmail(context, request.value.token, caller) : request);
};

/** By refresh token, by access token, or both; always done, so that it may be repeated after a lost answer. */
const signingOut = async ({ c, context, caller }: AuthCall): Promise<Response> => {
  const request = await readOptional(c, logoutSchema, {});
  if (!request.ok) return answerRefusal(c, request.error);
  return answerDone(c, await signOut(context, c.req.header('Authorization') ?? null, request.value.refreshToken, caller));
};

const changingPassword = async ({ c, context, caller }: AuthCall, signedIn: SignedIn): Promise<Response> => {
  const request = await readMessage(c, changePasswordSchema);
  return answerDone(c, request.ok ? await changePassword(context, signedIn, request.value, caller) : request);
};

const changingEmail = async ({ c, context, caller }: AuthCall, signedIn: SignedIn): Promise<Response> => {
  const request = await readMessage(c, changeEmailSchema);
  return answerAccepted(c, request.ok ? await askForEmailChange(context, signedIn, request.value, caller) : request);
};

const deleting = async ({ c, context, caller }: AuthCall, signedIn: SignedIn): Promise<Response> => {
  const request = await readOptional(c, deleteSchema, {});
  return answerDone(c, request.ok ? await deleteAccount(context, signedIn, request.value.password, caller) : request);
};

const events = async ({ c, context }: AuthCall, { account }: SignedIn): Promise<Response> => {
  const query = readQuery(c, eventsQuery);
  if (!query.ok) return answerRefusal(c, query.error);
  const { before, limit } = query.value;
  return answerJson(c, await listEvents(context, account.row.accountId, { limit, ...(before === undefined ? {} : { before }) }));
};

const sessions = async ({ c, context }: AuthCall, { account, family }: SignedIn): Promise<Response> => {
  const found = await listSessions(context, account.row);
  return answerJson(c, { sessions: found.map((session) => ({ ...session, current: session.id === family.row.familyId })) });
};

const endingSession = async ({ c, context, caller }: AuthCall, { account }: SignedIn): Promise<Response> =>
  answerDone(c, await endSession(context, account.row.accountId, c.req.param('id') ?? '', 'session_ended', caller));

/** Accounts and sessions. */
export const sessionRoutes: readonly AuthRoute[] = [
  { method: 'POST', path: '/auth/register', access: 'open', handle: registering },
  { method: 'POST', path: '/auth/login', access: 'open', handle: signingIn },
  { method: 'POST', path: '/auth/refresh', access: 'open', handle: refreshing },
  { method: 'POST', path: '/auth/verify-email', access: 'open', handle: verifying },
  { method: 'POST', path: '/auth/resend-verification', access: 'open', handle: resending },
  { method: 'POST', path: '/auth/magic-link', access: 'open', handle: sendingMagic },
  { method: 'POST', path: '/auth/magic-link/redeem', access: 'open', handle: redeeming },
  { method: 'POST', path: '/auth/forgot-password', access: 'open', handle: forgetting },
  { method: 'POST', path: '/auth/reset-password', access: 'open', handle: resetting },
  { method: 'POST', path: '/auth/change-email/confirm', access: 'open', handle: confirmingEmail },
  { method: 'POST', path: '/auth/logout', access: 'open', handle: signingOut },
  {
    method: 'POST',
    path: '/auth/logout-all',
    access: 'account',
    handle: async ({ c, context, caller }, signedIn) => answerDone(c, await logoutEverywhere(context, signedIn, caller)),
  },
  { method: 'POST', path: '/auth/change-password', access: 'account', handle: changingPassword },
  { method: 'POST', path: '/auth/change-email', access: 'account', handle: changingEmail },
  {
    method: 'GET',
    path: '/auth/me',
    access: 'account',
    handle: async ({ c, context }, { account }) => answerJson(c, { user: userOf(context, account.row) }),
  },
  { method: 'DELETE', path: '/auth/me', access: 'account', handle: deleting },
  { method: 'GET', path: '/auth/events', access: 'account', handle: events },
  { method: 'GET', path: '/auth/sessions', access: 'account', handle: sessions },
  { method: 'DELETE', path: '/auth/sessions/:id', access: 'account', handle: endingSession },
];
