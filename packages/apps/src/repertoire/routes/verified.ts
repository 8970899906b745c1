import { refuse } from '@tidemark/protocol';
import { answerRefusal, type Call, type Endpoint } from '@tidemark/server/rest';

/**
 * Does somebody sign in with an address that their issuer (Google) has not verified? Accounts of this server are another matter: they
 * are told so by `requireVerifiedEmail` of the configuration.
 */
export const hasUnverifiedEmail = ({ spaceKey, profile, emailVerified }: Call['principal']): boolean =>
  profile?.email !== undefined && !emailVerified && !spaceKey.startsWith('account|');

/** The endpoint for whoever's address is verified. */
export const forVerified = (endpoint: Endpoint): Endpoint => {
  const { route, spec } = endpoint;
  if (route.access === 'open' || route.access === 'account') return endpoint;
  const handle = async (call: Call): Promise<Response> =>
    hasUnverifiedEmail(call.principal)
      ? answerRefusal(call.c, refuse('EMAIL_NOT_VERIFIED', 'Google has not verified the e-mail address of this account.').error)
      : route.handle(call);
  return { spec: { ...spec, refusals: [...(spec.refusals ?? []), 'EMAIL_NOT_VERIFIED'] }, route: { ...route, handle } };
};
