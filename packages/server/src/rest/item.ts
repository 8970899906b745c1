import { ok, type Result } from '@tidemark/protocol';
import * as z from 'zod';
import { answerShort, answerText } from '../http/answer.ts';
import { headersOf } from '../http/answer-headers.ts';
import type { Call } from '../sync/call.ts';
import type { Answer } from './endpoint.ts';
import { etagOf } from './etag.ts';
import { itemPrinter } from './print-item.ts';
import { type Resource, schemasOf } from './resource.ts';
import type { State } from './write.ts';

/** Prepares the answer of one record as `{ data }` with its ETag. */
export const itemAnswerer = (resource: Resource) => {
  const print = itemPrinter(resource);
  return async ({ c }: Call, state: State, status: 200 | 201 = 200): Promise<Result<Response>> => {
    headersOf(c).ETag = etagOf(state.revision);
    const json = `{"data":${print(state)}}`;
    return ok(answerShort(c, json, status) ?? (await answerText(c, json, status)));
  };
};

/** The same in the spec. */
export const itemAnswer = (resource: Resource, description: string, headers: Answer['headers'] = {}): Answer => ({
  description,
  schema: z.object({ data: schemasOf(resource).item }),
  headers: { ETag: 'The version of the record', ...headers },
});
