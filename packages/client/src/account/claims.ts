import { decodeBase64Url, isJsonObject } from '@tidemark/protocol';
import type { AccountKey } from './account.ts';

/** Issuer and subject of an access token, read without a check: the server checks it, here it only names the local store. */
export const accountOf = (accessToken: string): AccountKey | undefined => {
  const bytes = decodeBase64Url(accessToken.split('.')[1] ?? '');
  if (bytes === undefined) return undefined;
  try {
    const claims: unknown = JSON.parse(new TextDecoder().decode(new Uint8Array(bytes)));
    if (!isJsonObject(claims) || typeof claims.iss !== 'string' || typeof claims.sub !== 'string') return undefined;
    return { issuer: claims.iss, subject: claims.sub };
  } catch {
    return undefined;
  }
};
