import { ok, type Result, refuse } from '@tidemark/protocol';
import { applyWrites, type Call, type DeleteRule, readList, type Selection } from '@tidemark/server/rest';
import * as z from 'zod';
import { checkCategory, taskResource } from './resources.ts';

const AT_ONCE = 1_000;

const tasksOf = (call: Call, categoryId: string, cursor?: string) => {
  const selection: Selection = { where: { categoryId }, search: '', sort: 'createdAt', order: 'asc' };
  return readList(call, taskResource, selection, { limit: AT_ONCE, cursor, at: 'now' });
};

const countTasks = async (call: Call, categoryId: string): Promise<Result<number>> => {
  let count = 0;
  for (let cursor: string | undefined; ; ) {
    const page = await tasksOf(call, categoryId, cursor);
    if (!page.ok) return page;
    count += page.value.rows.length;
    cursor = page.value.next;
    if (cursor === undefined) return ok(count);
  }
};

/** Gives the category's tasks another category, or none. Each time the first ones that still name it, until none does. */
const moveTasks = async (call: Call, categoryId: string, moveTo: string | null): Promise<Result<void>> => {
  for (;;) {
    const page = await tasksOf(call, categoryId);
    if (!page.ok) return page;
    if (page.value.rows.length === 0) return ok(undefined);
    const writes = page.value.rows.map(({ collection, id, seq }) => ({
      collection,
      id,
      op: 'patch' as const,
      fields: { categoryId: moveTo },
      base: seq,
    }));
    const moved = await applyWrites(call, writes);
    if (!moved.ok) return moved;
    const [refused] = moved.value.answer.rejected.filter(({ code }) => code !== 'RECORD_NOT_FOUND');
    if (refused !== undefined) return { ok: false, error: { code: refused.code, message: refused.message } };
  }
};

/** A category that tasks use is not deleted, unless the request says what becomes of them. */
export const whileTasksUseIt: DeleteRule = {
  description:
    'A category that tasks use is refused with their number, unless tasks=keep (the tasks stay, without a category) or ' +
    'moveTo=<id of another category> is given.',
  query: z.strictObject({ tasks: z.literal('keep').optional(), moveTo: z.uuid().optional() }),
  before: async (call, id, { tasks, moveTo }) => {
    if (tasks !== undefined && moveTo !== undefined) return refuse('BAD_REQUEST', 'Give either tasks=keep or moveTo, not both.');
    if (typeof moveTo === 'string') {
      const wrong = moveTo === id ? refuse('BAD_REQUEST', 'Tasks cannot move to the category that is deleted.').error : undefined;
      const missing = wrong ?? (await checkCategory(call, { categoryId: moveTo }));
      return missing === undefined ? moveTasks(call, id, moveTo) : { ok: false, error: missing };
    }
    if (tasks === 'keep') return moveTasks(call, id, null);
    const count = await countTasks(call, id);
    if (!count.ok || count.value === 0) return count.ok ? ok(undefined) : count;
    const message = `${count.value} tasks use this category. Say tasks=keep to leave them without one, or moveTo=<id> to move them.`;
    return refuse('RECORD_IN_USE', message, { count: count.value });
  },
};
