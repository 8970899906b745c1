import { ok } from '@tidemark/protocol';
import * as z from 'zod';
import { answerText } from '../http/answer.ts';
import { setHeader } from '../http/answer-headers.ts';
import type { Call } from '../sync/call.ts';
import { answerNothing, type Endpoint, endpoint, NO_INPUT } from './endpoint.ts';
import { ifNoneMatchHolds } from './etag.ts';
import { selectionOf, selectionQuery } from './list-request.ts';
import { itemPrinter } from './print-item.ts';
import { readList } from './read-list.ts';
import { type Resource, schemasOf } from './resource.ts';

const PAGE_DEFAULT = 50;
const PAGE_MAX = 200;
const CURSOR_LENGTH_MAX = 8_192;

const limit = z
  .string()
  .regex(/^\d{1,4}$/, 'must be a whole number')
  .transform(Number)
  .pipe(z.int().min(1).max(PAGE_MAX))
  .optional()
  .meta({ type: 'integer', minimum: 1, maximum: PAGE_MAX, default: PAGE_DEFAULT });

/** The weak tag of every list of a space: it changes with each change of the log. */
const listTag = async ({ services, space }: Call): Promise<{ readonly etag: string; readonly head: number }> => {
  const session = await services.engine.session(space);
  return session.ok
    ? { etag: `W/"${session.value.epoch}-${session.value.latestVersion}"`, head: session.value.latestVersion }
    : { etag: '', head: 0 };
};

/** `GET /tasks`. */
export const listEndpoint = (resource: Resource): Endpoint => {
  const print = itemPrinter(resource);
  return endpoint({
    ...NO_INPUT,
    method: 'GET',
    path: resource.path,
    tag: resource.name,
    summary: `List records of the kind ${resource.name}`,
    description:
      'Page by page: nextCursor is the cursor of the next page, null on the last. All pages are of the state when the first was asked ' +
      'for, so that no record comes twice and none is passed over while others write; what is shown of each is its state now.',
    query: selectionQuery(resource).extend({ limit, cursor: z.string().min(1).max(CURSOR_LENGTH_MAX).optional() }),
    headers: z.object({ 'if-none-match': z.string().max(1_024).optional() }),
    answers: {
      200: {
        description: 'A page',
        schema: z.object({ data: z.array(schemasOf(resource).item), nextCursor: z.string().nullable() }),
        headers: { ETag: 'Changes with every change of anything the caller stores' },
      },
      304: { description: 'Nothing has changed' },
    },
    refusals: ['BAD_CURSOR'],
    handle: async (call, { query, headers }) => {
      const selection = selectionOf(resource, query);
      if (!selection.ok) return selection;
      const { etag, head } = await listTag(call);
      setHeader(call.c, 'ETag', etag);
      if (ifNoneMatchHolds(headers['if-none-match'], etag)) return answerNothing(call, 304);
      const page = await readList(call, resource, selection.value, {
        limit: typeof query.limit === 'number' ? query.limit : PAGE_DEFAULT,
        cursor: typeof query.cursor === 'string' ? query.cursor : undefined,
        at: head,
      });
      if (!page.ok) return page;
      const { rows, next = null } = page.value;
      return ok(await answerText(call.c, `{"data":[${rows.map(print).join(',')}],"nextCursor":${JSON.stringify(next)}}`));
    },
  });
};
