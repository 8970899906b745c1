import type { Call } from '@tidemark/server/rest';

/** Who signed in, in the app's words. */
export const userOf = ({ subject, profile }: Call['principal']) => {
  const { email, name, picture } = profile ?? {};
  return {
    id: subject,
    ...(email === undefined ? {} : { email }),
    ...(name === undefined ? {} : { name }),
    ...(picture === undefined ? {} : { picture }),
    username: `google_${subject}`,
  };
};
