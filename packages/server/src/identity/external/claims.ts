import type { JsonObject } from '@tidemark/protocol';
import type { Profile } from '../identity.ts';

/** A claim that is a string, else undefined. */
export const textClaim = (claims: JsonObject, name: string): string | undefined => {
  const value = claims[name];
  return typeof value === 'string' && value !== '' ? value : undefined;
};

/** What a claim such as email_verified says. Cognito writes some of them as strings. */
export const isTrueClaim = (claims: JsonObject, name: string): boolean => claims[name] === true || claims[name] === 'true';

/** The verified phone number of an OIDC token (E.164). */
export const verifiedPhone = (claims: JsonObject): string | undefined => {
  const phone = textClaim(claims, 'phone_number');
  return phone !== undefined && /^\+[1-9]\d{1,14}$/.test(phone) && isTrueClaim(claims, 'phone_number_verified') ? phone : undefined;
};

/** The OIDC standard claims about a person. */
export const profileOf = (claims: JsonObject): Profile => {
  const [email, name, picture, phone] = [
    textClaim(claims, 'email'),
    textClaim(claims, 'name'),
    textClaim(claims, 'picture'),
    verifiedPhone(claims),
  ];
  return {
    ...(email === undefined ? {} : { email }),
    ...(name === undefined ? {} : { name }),
    ...(picture === undefined ? {} : { picture }),
    ...(phone === undefined ? {} : { phone }),
  };
};

export const wrongAudience = 'The token was made for another audience.';
