import type { HttpContext } from './context.ts';

/** The Authorization header as it came; an API key may come in a header of its own. */
export const authorizationOf = (c: HttpContext): string | null => {
  const header = c.req.header('Authorization');
  if (header !== undefined) return header;
  const key = c.req.header('X-Api-Key');
  return key === undefined ? null : `Bearer ${key}`;
};
