import { ok, type Result } from '@tidemark/protocol';
import { applyWrites, type Call, type Write } from '@tidemark/server/rest';

/**
 * Deletes tasks, whatever was written to them before: what came between is seen and deleted too. One that is deleted already
 * counts as deleted, so that a repeat gets the answer that was lost; `missing` are those that never were here.
 */
export const deleteAll = async (
  call: Call,
  ids: readonly string[],
): Promise<Result<{ readonly deleted: readonly string[]; readonly missing: readonly string[] }>> => {
  const missing = new Set<string>();
  const open = new Set(ids);
  while (open.size > 0) {
    const writes: Write[] = [];
    for (const id of open) {
      const row = await call.services.engine.get(call.space, 'tasks', id);
      if (row === undefined) missing.add(id);
      if (row === undefined || row.deleted) open.delete(id);
      else writes.push({ collection: 'tasks', id, op: 'delete', base: 0, ifRevision: row.revision });
    }
    if (writes.length === 0) break;
    const applied = await applyWrites(call, writes);
    if (!applied.ok) return applied;
    // A deleted one is found so in the next turn, and one with another revision is deleted then.
    const fault = applied.value.answer.rejected.find(({ code }) => code !== 'REVISION_MISMATCH');
    if (fault !== undefined) return { ok: false, error: { code: fault.code, message: fault.message } };
  }
  return ok({ deleted: ids.filter((id) => !missing.has(id)), missing: [...missing] });
};
