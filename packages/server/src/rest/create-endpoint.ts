import { checkJson, type JsonObject, LIMITS, type Result } from '@tidemark/protocol';
import * as z from 'zod';
import { setHeader } from '../http/answer-headers.ts';
import type { Call } from '../sync/call.ts';
import { type Endpoint, endpoint, NO_INPUT } from './endpoint.ts';
import { createKeysUnderWay, earlierCreate, keyReused } from './idempotency.ts';
import { isoOf } from './iso-time.ts';
import { itemAnswer, itemAnswerer } from './item.ts';
import { checkReferences } from './references.ts';
import { type Resource, schemasOf, writtenFields } from './resource.ts';
import { applyWrite, type State, type Write } from './write.ts';

/** How many times a key is looked up: again after another process was quicker. */
const LOOKS = 2;

const writeOf = (resource: Resource, body: object, id: string, at: number): Write => ({
  collection: resource.collection.name,
  id,
  op: 'put',
  fields: { ...resource.defaults, ...resource.onCreate(isoOf(at)), ...writtenFields(resource, body) } satisfies JsonObject,
  base: 0,
  at,
});

const create = async (call: Call, resource: Resource, body: object, mutationId: string): Promise<Result<State | undefined>> => {
  const { env } = call.services;
  const write = writeOf(resource, body, env.uuid(), env.wall());
  // What the engine would refuse it would also remember: a mended request could not come under the same key.
  const wrong = checkJson(write.fields ?? {}) ?? (await checkReferences(call, resource, write.fields ?? {}));
  if (wrong !== undefined) return { ok: false, error: wrong };
  const applied = await applyWrite(call, { ...write, mutationId });
  return applied.ok ? { ok: true, value: applied.value.state } : applied;
};

/**
 * The key is the mutationId, so that its receipt, which lives as long as the space, answers a repeat: the write is made again
 * with the id and the clock of the first time, and the engine says whether it is the same.
 */
const createOnce = async (call: Call, resource: Resource, body: object, key: string): Promise<Result<State | undefined>> => {
  for (let look = 1; ; look += 1) {
    const earlier = await earlierCreate(call, resource.collection.name, key);
    if (!earlier.ok) return earlier;
    if (earlier.value === undefined) {
      const created = await create(call, resource, body, key);
      if (created.ok || created.error.code !== 'MUTATION_REUSED' || look === LOOKS) return created;
      continue;
    }
    const { id, at, state } = earlier.value;
    if (at === undefined) return { ok: true, value: state };
    const again = await applyWrite(call, { ...writeOf(resource, body, id, at), mutationId: key });
    if (!again.ok) return again.error.code === 'MUTATION_REUSED' ? keyReused() : again;
    return { ok: true, value: state };
  }
};

/** `POST /tasks`. */
export const createEndpoint = (resource: Resource, base: string): Endpoint => {
  const { name, path } = resource;
  const keys = createKeysUnderWay();
  const answerItem = itemAnswerer(resource);
  return endpoint({
    ...NO_INPUT,
    method: 'POST',
    path,
    tag: name,
    summary: `Create a ${name}`,
    description: 'With an Idempotency-Key a repeat of the same request gets the same answer and creates nothing.',
    headers: z.object({ 'idempotency-key': z.string().min(1).max(LIMITS.idLengthMax).optional() }),
    body: schemasOf(resource).create,
    answers: { 201: itemAnswer(resource, 'Created', { Location: 'Its address' }) },
    refusals: ['IDEMPOTENCY_IN_PROGRESS', 'IDEMPOTENCY_KEY_REUSED'],
    handle: async (call, { body, headers }) => {
      const key = headers['idempotency-key'];
      const created =
        key === undefined
          ? await create(call, resource, body, call.services.env.uuid())
          : await keys.hold(call, key, () => createOnce(call, resource, body, key));
      if (!created.ok) return created;
      if (created.value === undefined) return keyReused();
      setHeader(call.c, 'Location', `${base}${path}/${encodeURIComponent(created.value.id)}`);
      return answerItem(call, created.value, 201);
    },
  });
};
