import { ok, type Result } from '@tidemark/protocol';
import type { Call } from '@tidemark/server/rest';

/**
 * Deletes tasks, whatever was written to them before: what came between is seen and deleted too. One that is deleted already
 * counts as deleted, so that a repeat gets the answer that was lost; `missing` are those that never were here.
 */
export const deleteAll = async (
  { services, space, app, principal }: Call,
  ids: readonly string[],
): Promise<Result<{ readonly deleted: readonly string[]; readonly missing: readonly string[] }>> => {
  const { engine, env } = services;
  const missing = new Set<string>();
  const open = new Set(ids);
  while (open.size > 0) {
    const live = new Map<string, string>();
    const mutations = [];
    for (const id of open) {
      const row = await engine.get(space, 'tasks', id);
      if (row === undefined) missing.add(id);
      if (row === undefined || row.deleted) open.delete(id);
      else {
        const mutationId = env.uuid();
        live.set(mutationId, id);
        mutations.push({
          mutationId,
          n: 1,
          collection: 'tasks',
          id,
          op: 'delete' as const,
          base: 0,
          at: env.wall(),
          ifRevision: row.revision,
        });
      }
    }
    if (mutations.length === 0) break;
    const answer = await engine.apply(space, {
      clientId: principal.clientId ?? '$http',
      schemaVersion: app.schemaVersion,
      mutations,
    });
    if (!answer.ok) return answer;
    // What was refused has another revision by now: it is looked at again.
    for (const { mutationId } of answer.value.accepted) open.delete(live.get(mutationId) ?? '');
  }
  return ok({ deleted: ids.filter((id) => !missing.has(id)), missing: [...missing] });
};
