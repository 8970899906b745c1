import type { RecordRow } from '@tidemark/engine';
import { ok, type Result, refuse } from '@tidemark/protocol';
import * as z from 'zod';
import { setHeader } from '../http/answer-headers.ts';
import type { Call } from '../sync/call.ts';
import { answerNothing, type Endpoint, endpoint, NO_INPUT } from './endpoint.ts';
import { etagOf, ifMatchHolds, ifNoneMatchHolds } from './etag.ts';
import { itemAnswer, itemAnswerer } from './item.ts';
import { askedOf, checkReferences, freeLateReferrers, freeReferrers, type Referrers, referrersHelp, referrersQuery } from './references.ts';
import { type Resource, schemasOf, writtenFields } from './resource.ts';
import { applyTogether, applyWrite, findRecord, withCurrent } from './write.ts';

const tags = z.string().max(1_024).optional();
const byId = z.object({ id: z.string() });
const ifMatch = z.object({ 'if-match': tags });

/** `GET /tasks/:id`. */
export const getEndpoint = (resource: Resource): Endpoint => {
  const answerItem = itemAnswerer(resource);
  return endpoint({
    ...NO_INPUT,
    method: 'GET',
    path: `${resource.path}/:id`,
    tag: resource.name,
    summary: `Get one ${resource.name}`,
    params: byId,
    headers: z.object({ 'if-none-match': tags }),
    answers: { 200: itemAnswer(resource, 'The record'), 304: { description: 'The caller has this version' } },
    refusals: ['RECORD_NOT_FOUND'],
    handle: async (call, { params, headers }) => {
      const found = await findRecord(call, resource, params.id);
      if (!found.ok) return found;
      const etag = etagOf(found.value.revision);
      if (!ifNoneMatchHolds(headers['if-none-match'], etag)) return answerItem(call, found.value);
      setHeader(call.c, 'ETag', etag);
      return answerNothing(call, 304);
    },
  });
};

/** What a caller said of the version it has: by header (412 where it is another) or in the body (409). */
interface Condition {
  readonly ifMatch: string | undefined;
  readonly version?: number;
}

/** The revision the write is conditional on, undefined for any. It is compared again in the append, where it counts. */
const expectedRevision = async (
  call: Call,
  resource: Resource,
  row: RecordRow,
  { ifMatch: header, version }: Condition,
): Promise<Result<number | undefined>> => {
  if (header !== undefined && !ifMatchHolds(header, row.revision)) return mismatch(call, resource, row.id, 'header');
  if (version !== undefined && version !== row.revision) return mismatch(call, resource, row.id, 'body');
  const isAny = header?.trim() === '*' && version === undefined;
  return { ok: true, value: (header === undefined && version === undefined) || isAny ? undefined : row.revision };
};

const mismatch = (call: Call, resource: Resource, id: string, where: 'header' | 'body'): Promise<Result<never>> => {
  const said =
    where === 'header'
      ? refuse('REVISION_MISMATCH', `If-Match names another version than this ${resource.name} has; details.current is the one it has.`)
      : refuse('VERSION_CONFLICT', `This ${resource.name} has another version than the body says; details.current is the one it has.`);
  return withCurrent(call, resource, id, said.error);
};

/** `PUT /tasks/:id` and `PATCH /tasks/:id`: both change the fields that the body names. */
export const changeEndpoint = (resource: Resource, method: 'PUT' | 'PATCH'): Endpoint => {
  const answerItem = itemAnswerer(resource);
  return endpoint({
    ...NO_INPUT,
    method,
    path: `${resource.path}/:id`,
    tag: resource.name,
    summary: `Change a ${resource.name}`,
    description: `Changes the fields that the body names and leaves the others; null clears an optional one. What only the server
writes (${resource.idName}, createdAt, updatedAt) may stand in the body and is read over.`,
    params: byId,
    headers: ifMatch,
    body: schemasOf(resource).change,
    answers: { 200: itemAnswer(resource, 'The record after the change') },
    refusals: ['RECORD_NOT_FOUND', 'REVISION_MISMATCH', 'VERSION_CONFLICT'],
    handle: async (call, { params: { id }, headers, body }) => {
      const { [resource.idName]: named, version } = body;
      if (named !== undefined && named !== id) return refuse('BAD_REQUEST', `The body names another ${resource.name} than the address.`);
      const found = await findRecord(call, resource, id);
      if (!found.ok) return found;
      const condition = { ifMatch: headers['if-match'], ...(typeof version === 'number' ? { version } : {}) };
      const expected = await expectedRevision(call, resource, found.value, condition);
      if (!expected.ok) return expected;
      const fields = writtenFields(resource, body);
      const wrong = await checkReferences(call, resource, fields);
      if (wrong !== undefined) return { ok: false, error: wrong };
      const write = { collection: resource.collection.name, id, op: 'patch' as const, fields, base: found.value.seq };
      const applied = await applyWrite(call, { ...write, ...(expected.value === undefined ? {} : { ifRevision: expected.value }) });
      if (applied.ok) {
        return applied.value.state === undefined ? goneMeanwhile(resource) : answerItem(call, applied.value.state);
      }
      if (applied.error.code !== 'REVISION_MISMATCH') return applied;
      return mismatch(call, resource, id, condition.ifMatch === undefined ? 'body' : 'header');
    },
  });
};

const goneMeanwhile = (resource: Resource): Result<never> => refuse('RECORD_NOT_FOUND', `This ${resource.name} was deleted meanwhile.`);

/**
 * `DELETE /tasks/:id`. With `referrers`, what names the record is seen to first: the last few of them in one append with the delete, so
 * that none is left behind.
 */
export const deleteEndpoint = (resource: Resource, referrers?: Referrers): Endpoint =>
  endpoint({
    ...NO_INPUT,
    method: 'DELETE',
    path: `${resource.path}/:id`,
    tag: resource.name,
    summary: `Delete a ${resource.name}`,
    ...(referrers === undefined ? {} : { description: referrersHelp(referrers), query: referrersQuery(referrers) }),
    params: byId,
    headers: ifMatch,
    answers: { 204: { description: 'Deleted' } },
    refusals: ['RECORD_NOT_FOUND', 'REVISION_MISMATCH', ...(referrers === undefined ? [] : (['RECORD_IN_USE'] as const))],
    handle: async (call, { params: { id }, headers, query }) => {
      const found = await findRecord(call, resource, id);
      if (!found.ok) return found;
      const expected = await expectedRevision(call, resource, found.value, { ifMatch: headers['if-match'] });
      if (!expected.ok) return expected;
      const asked = referrers && askedOf(referrers, query);
      const freed = referrers && asked ? await freeReferrers(call, referrers, id, asked) : ok([]);
      if (!freed.ok) return freed;
      const write = { collection: resource.collection.name, id, op: 'delete' as const, base: found.value.seq };
      const conditional = { ...write, ...(expected.value === undefined ? {} : { ifRevision: expected.value }) };
      const applied = await applyTogether(call, [...freed.value, conditional]);
      if (!applied.ok) return applied.error.code === 'REVISION_MISMATCH' ? mismatch(call, resource, id, 'header') : applied;
      const late = referrers && asked ? await freeLateReferrers(call, referrers, id, asked) : ok([]);
      return late.ok ? answerNothing(call) : late;
    },
  });
