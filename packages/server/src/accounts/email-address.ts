const LENGTH_MAX = 254;
const LOCAL_LENGTH_MAX = 64;
// No spaces, control characters or characters that mean something in a mail header.
const SHAPE = /^[^\s\p{C}@<>"(),:;\\[\]]+@[^\s\p{C}@<>"(),:;\\[\]]+\.[^\s\p{C}@<>"(),:;\\[\]]{2,}$/u;

/** The one form of an e-mail address that accounts are compared by (NFKC, lower case); undefined where it is no address. */
export const normalizeEmail = (text: string): string | undefined => {
  if (text.length > LENGTH_MAX || /\p{Cs}/u.test(text)) return undefined;
  const email = text.trim().normalize('NFKC').toLowerCase();
  return SHAPE.test(email) && email.length <= LENGTH_MAX && email.indexOf('@') <= LOCAL_LENGTH_MAX ? email : undefined;
};
