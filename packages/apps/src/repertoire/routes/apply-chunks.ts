import { hash } from 'node:crypto';
import { mutationContent, ok, type Result, refuse } from '@tidemark/protocol';
import type { Mutation, Rejected } from '@tidemark/protocol/messages';
import type { Call } from '@tidemark/server/rest';

/** A mutation of a caller that keeps no counter. */
export type Write = Omit<Mutation, 'n'>;

/** A write whose id says what it is: the same again, as after a lost answer, is the same mutation. */
export const identified = (prefix: string, content: Omit<Write, 'mutationId'>): Write => {
  const text = mutationContent({ ...content, n: 1, mutationId: '' });
  return { ...content, mutationId: `${prefix}-${hash('sha256', text, 'hex').slice(0, 40)}` };
};

/** Mutations of one append, so that nobody waits long behind a device that brings years of them. */
const CHUNK = 1_000;

/**
 * Applies the writes of one request. Devices say nothing that tells them apart, so each request counts as a client of its own:
 * what others wrote since the state that a write stands on is never taken for its author's own. Answers the refused ones by mutationId.
 */
export const applyChunks = async (
  { app, services, space }: Call,
  writes: readonly Write[],
): Promise<Result<ReadonlyMap<string, Rejected>>> => {
  const { engine, env, metrics } = services;
  const clientId = `device-${env.uuid()}`;
  const rejected = new Map<string, Rejected>();
  for (let first = 0; first < writes.length; ) {
    const mutations = writes.slice(first, first + CHUNK).map((write): Mutation => ({ n: 1, ...write }));
    const applied = await engine.apply(space, { clientId, schemaVersion: app.schemaVersion, mutations });
    if (!applied.ok) return applied;
    metrics.pushed(app.name, applied.value);
    for (const one of applied.value.rejected) rejected.set(one.mutationId, one);
    const answered = applied.value.accepted.length + applied.value.rejected.length;
    if (answered === 0) return refuse('UNAVAILABLE', 'The server did not get to all of it. Nothing is lost; send it again.');
    first += answered;
  }
  return ok(rejected);
};
