import type { ContentfulStatusCode } from 'hono/utils/http-status';
import type { HttpContext } from './context.ts';

/**
 * The headers of an answer to be, by name. A plain record goes out as it is; gathered in a Headers object, a dozen of them cost as
 * much as reading and printing the record that is asked for.
 */
export type AnswerHeaders = { [name: string]: string };

/**
 * The headers of the answer to be. What stands on every answer sets them here by a name that is written out, `headersOf(c).ETag = …`:
 * such a line costs a tenth of one that is handed the name.
 */
export const headersOf = (c: HttpContext): AnswerHeaders => {
  const known = c.get('headers');
  if (known !== undefined) return known;
  const headers: AnswerHeaders = {};
  c.set('headers', headers);
  return headers;
};

/** Sets a header of the answer that `respond` will make. Always spell a name the same way. */
export const setHeader = (c: HttpContext, name: string, value: string): void => {
  headersOf(c)[name] = value;
};

/** Makes the answer: the body with all headers set until now. */
export const respond = (
  c: HttpContext,
  body: string | Uint8Array<ArrayBuffer> | ReadableStream<Uint8Array> | null,
  status: ContentfulStatusCode | 204 | 304 = 200,
): Response => {
  const response = new Response(body, { status, headers: headersOf(c) });
  c.set('answer', response);
  return response;
};

/** Gives the headers set until now to an answer that something else made (a file, a preflight), where it has none of the name. */
export const completeHeaders = (c: HttpContext): void => {
  if (c.res === c.get('answer')) return;
  const { headers } = c.res;
  for (const [name, value] of Object.entries(headersOf(c))) if (!headers.has(name)) headers.set(name, value);
};
