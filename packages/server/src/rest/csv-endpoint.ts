import { type JsonObject, ok, type Result } from '@tidemark/protocol';
import * as z from 'zod';
import { respond, setHeader } from '../http/answer-headers.ts';
import type { Call } from '../sync/call.ts';
import { type Endpoint, endpoint, NO_INPUT } from './endpoint.ts';
import { isoOf } from './iso-time.ts';
import { type Selection, selectionOf, selectionQuery } from './list-request.ts';
import type { printRows as PrintRows } from './print-rows.ts';
import { type ListPage, readList } from './read-list.ts';
import { type Resource, schemasOf } from './resource.ts';

/** Characters of records that a page is to have. Many small pages cost time, and what a page has is in memory four times over. */
const PAGE_LENGTH = 512 * 1024;
const FIRST_PAGE_ROWS = 50;
/** Of 40 kB at most in the task tracker: 20 MB where the largest follow the smallest, once. */
const PAGE_ROWS_MAX = 500;

/** How many rows the next page is to have: as many as are of PAGE_LENGTH, where they are like those of this one. */
const nextPageRows = ({ rows }: ListPage): number => {
  const length = rows.reduce((sum, { fieldsJson }) => sum + fieldsJson.length, 0);
  return Math.max(1, Math.min(PAGE_ROWS_MAX, Math.floor((PAGE_LENGTH * rows.length) / Math.max(1, length))));
};

/** `GET /tasks/export.csv`: a stream that holds one page in memory, whatever the size of the list. */
export const csvEndpoint = (resource: Resource): Endpoint => {
  const columns = Object.keys(schemasOf(resource).item.shape);
  const encoder = new TextEncoder();
  const printPage = (printRows: typeof PrintRows, { rows }: ListPage): Uint8Array =>
    encoder.encode(
      printRows(
        rows.map((row) => {
          const { idName } = resource;
          const fields: JsonObject = JSON.parse(row.fieldsJson);
          const item = { ...fields, [idName]: row.id, updatedAt: isoOf(row.updatedAt), version: row.revision };
          return columns.map((column) => item[column]);
        }),
      ),
    );
  const read = (call: Call, selection: Selection, limit: number, cursor?: string): Promise<Result<ListPage>> =>
    readList(call, resource, selection, { limit, cursor, at: 'now' });

  const stream = (printRows: typeof PrintRows, call: Call, selection: Selection, first: ListPage): ReadableStream<Uint8Array> => {
    let page: ListPage | undefined = first;
    return new ReadableStream<Uint8Array>(
      {
        start: (controller) => controller.enqueue(encoder.encode(printRows([columns]))),
        pull: async (controller) => {
          if (page === undefined) return controller.close();
          const { next }: ListPage = page;
          controller.enqueue(printPage(printRows, page));
          const following: Result<ListPage> | undefined =
            next === undefined ? undefined : await read(call, selection, nextPageRows(page), next);
          if (following?.ok === false) return controller.error(new Error(following.error.message));
          page = following?.value;
        },
      },
      { highWaterMark: 1 },
    );
  };
  return endpoint({
    ...NO_INPUT,
    method: 'GET',
    path: `${resource.path}/export.csv`,
    tag: resource.name,
    summary: `Export records of the kind ${resource.name} as CSV`,
    description:
      'UTF-8 with a header row (RFC 4180). A cell that begins with = + - @ TAB or CR gets an apostrophe before it, ' +
      'so that no spreadsheet runs it.',
    query: selectionQuery(resource),
    answers: { 200: { description: 'The table, streamed', type: 'text/csv', schema: z.string() } },
    handle: async (call, { query }) => {
      const selection = selectionOf(resource, query);
      if (!selection.ok) return selection;
      const first = await read(call, selection.value, FIRST_PAGE_ROWS);
      if (!first.ok) return first;
      setHeader(call.c, 'Content-Type', 'text/csv; charset=utf-8; header=present');
      setHeader(call.c, 'Content-Disposition', `attachment; filename="${resource.collection.name}.csv"`);
      setHeader(call.c, 'Cache-Control', 'no-store');
      setHeader(call.c, 'X-Content-Type-Options', 'nosniff');
      return ok(respond(call.c, stream((await import('./print-rows.ts')).printRows, call, selection.value, first.value)));
    },
  });
};
