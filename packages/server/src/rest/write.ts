import type { Applied, RecordRow } from '@tidemark/engine';
import { type JsonObject, ok, type Refusal, type Result, refuse } from '@tidemark/protocol';
import type { Mutation } from '@tidemark/protocol/messages';
import type { Call } from '../sync/call.ts';
import { itemPrinter } from './print-item.ts';
import type { Resource } from './resource.ts';

/** A mutation of a route: the rest of it follows from the call. */
export type Write = Pick<Mutation, 'collection' | 'id' | 'op' | 'base'> &
  Partial<Pick<Mutation, 'fields' | 'ifRevision' | 'mutationId' | 'at' | 'group'>>;

/** The author that the history shows where a token is bound to no client. */
const HTTP_CLIENT = '$http';

/** A state of a record: of now, or as a change left it. */
export type State = Pick<RecordRow, 'id' | 'revision' | 'updatedAt'> & { readonly fieldsJson: string };

/** Hands writes to the engine, which decides about versions, order and merges. The answer names each by its mutationId. */
export const applyWrites = async (
  call: Call,
  writes: readonly Write[],
): Promise<Result<{ readonly answer: Applied; readonly mutations: readonly Mutation[] }>> => {
  const { env } = call.services;
  const mutations = writes.map((write): Mutation => ({ mutationId: env.uuid(), n: 1, at: env.wall(), ...write }));
  const applied = await applyMutations(call, mutations);
  return applied.ok ? ok({ answer: applied.value, mutations }) : applied;
};

/** The same of whole mutations, of which `n` is not looked at. `fieldsJson`: see Application. */
export const applyMutations = async (
  { app, space, principal, services }: Call,
  mutations: readonly Mutation[],
  fieldsJson?: readonly string[],
): Promise<Result<Applied>> => {
  const clientId = principal.clientId ?? HTTP_CLIENT;
  const applied = await services.engine.apply(space, { clientId, schemaVersion: app.schemaVersion, mutations, fieldsJson });
  if (applied.ok) services.metrics.pushed(app.name, applied.value);
  return applied;
};

/** One write: the state it led to, or why the engine refused it. `replayed` where it had been applied before. */
export const applyWrite = async (
  call: Call,
  write: Write,
): Promise<Result<{ readonly state: State | undefined; readonly replayed: boolean }>> => {
  const applied = await applyWrites(call, [write]);
  if (!applied.ok) return applied;
  const [rejected] = applied.value.answer.rejected;
  if (rejected !== undefined) return { ok: false, error: { code: rejected.code, message: rejected.message, ...detailsOf(rejected) } };
  const [accepted] = applied.value.answer.accepted;
  if (accepted === undefined) return refuse('UNAVAILABLE', 'The server did not get to this write. Nothing of it was stored; try again.');
  const state = write.op === 'delete' ? undefined : await stateAfter(call, write, accepted.seq);
  return ok({ state, replayed: accepted.status === 'duplicate' });
};

/** Writes of which either all are applied or none; the first of them that was refused says why. At most 40. */
export const applyTogether = async (call: Call, writes: readonly Write[]): Promise<Result<void>> => {
  const group = writes.length > 1 ? { group: call.services.env.uuid() } : {};
  const applied = await applyWrites(
    call,
    writes.map((write) => ({ ...write, ...group })),
  );
  if (!applied.ok) return applied;
  const { accepted, rejected } = applied.value.answer;
  const refused = rejected.find(({ code }) => code !== 'GROUP_REFUSED') ?? rejected[0];
  if (refused !== undefined) return { ok: false, error: { code: refused.code, message: refused.message, ...detailsOf(refused) } };
  if (accepted.length === writes.length) return ok(undefined);
  return refuse('UNAVAILABLE', 'The server did not get to this write. Nothing of it was stored; try again.');
};

const detailsOf = (refusal: { readonly details?: JsonObject }) => (refusal.details === undefined ? {} : { details: refusal.details });

/** The state as the change at `seq` left it; as it is now where this write changed nothing. */
const stateAfter = async ({ services, space }: Call, { collection, id }: Write, seq: number): Promise<State | undefined> => {
  const change = await services.engine.change(space, seq);
  if (change?.collection === collection && change.id === id && change.fieldsJson !== null && !change.deleted) {
    return { ...change, fieldsJson: change.fieldsJson };
  }
  return liveRecord({ services, space }, collection, id);
};

/** The record as it is; undefined where there is none, or it was deleted. */
export const liveRecord = async (
  { services, space }: Pick<Call, 'services' | 'space'>,
  collection: string,
  id: string,
): Promise<RecordRow | undefined> => {
  const row = await services.engine.get(space, collection, id);
  return row === undefined || row.deleted ? undefined : row;
};

/** The record a request is about. */
export const findRecord = async ({ services, space }: Call, { collection, name }: Resource, id: string): Promise<Result<RecordRow>> => {
  const row = await services.engine.get(space, collection.name, id);
  return row === undefined || row.deleted ? refuse('RECORD_NOT_FOUND', `There is no ${name} with this id.`) : ok(row);
};

/** A refusal because of a version, with the record as it is. */
export const withCurrent = async (call: Call, resource: Resource, id: string, refusal: Refusal): Promise<Result<never>> => {
  const row = await liveRecord(call, resource.collection.name, id);
  return {
    ok: false,
    error: { ...refusal, details: row === undefined ? { current: null } : { current: JSON.parse(itemPrinter(resource)(row)) } },
  };
};
