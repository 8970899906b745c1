import { ok, refuse } from '@tidemark/protocol';
import { answerJson, type Endpoint, NO_INPUT, openEndpoint, type Services } from '@tidemark/server/rest';
import { repertoire } from '../schema.ts';
import { authSyncAnswer, authSyncBody } from './shapes.ts';
import { userOf } from './user.ts';
import { hasUnverifiedEmail } from './verified.ts';

/** Says whose a Google ID token is. It opens no session: each request carries the token itself. */
export const authSyncEndpoint = ({ identity }: Services): Endpoint =>
  openEndpoint({
    ...NO_INPUT,
    method: 'POST',
    path: '/auth/sync',
    tag: 'Sign-in',
    summary: 'Look at a Google ID token',
    description: 'The token stands in the body; the Authorization header is not looked at.',
    body: authSyncBody,
    answers: { 200: { description: 'The token is good; whose it is', schema: authSyncAnswer } },
    refusals: ['UNAVAILABLE'],
    handle: async (c, { body: { googleIdToken, identityId } }) => {
      const principal = await identity.authenticate({ authorization: `Bearer ${googleIdToken}`, app: repertoire.name });
      if (!principal.ok) return principal;
      if (hasUnverifiedEmail(principal.value)) {
        return refuse('UNAUTHENTICATED', 'Google has not verified the e-mail address of this account.');
      }
      const given = identityId === null || identityId === undefined ? {} : { identityId };
      return ok(await answerJson(c, { success: true, user: userOf(principal.value), ...given }));
    },
  });
