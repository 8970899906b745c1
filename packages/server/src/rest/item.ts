import { ok, type Result } from '@tidemark/protocol';
import * as z from 'zod';
import { answerText } from '../http/answer.ts';
import type { Call } from '../sync/call.ts';
import type { Answer } from './endpoint.ts';
import { etagOf } from './etag.ts';
import { type Resource, schemasOf, toItem } from './resource.ts';
import type { State } from './write.ts';

/** Answers one record as `{ data }` with its ETag. */
export const answerItem = async ({ c }: Call, resource: Resource, state: State, status: 200 | 201 = 200): Promise<Result<Response>> => {
  c.header('ETag', etagOf(state.revision));
  return ok(await answerText(c, JSON.stringify({ data: toItem(resource, state) }), status));
};

/** The same in the spec. */
export const itemAnswer = (resource: Resource, description: string, headers: Answer['headers'] = {}): Answer => ({
  description,
  schema: z.object({ data: schemasOf(resource).item }),
  headers: { ETag: 'The version of the record', ...headers },
});
