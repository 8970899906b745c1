import type { Lost, UploadKind } from '@tidemark/client/upload';
import { intervals, type JsonObject, type MergeRule, set } from '@tidemark/protocol';
import { TASK_LIMITS, type Task } from '../schema.ts';
import { isSameContent } from '../task.ts';

const asJson = (task: Task): JsonObject => JSON.parse(JSON.stringify(task));

export const isSameTask = (a: Task, b: Task): boolean => isSameContent(asJson(a), asJson(b));

/**
 * Combines a task edited here with the server's copy. `was` is the copy that `mine` stands on, null where it stands on none.
 * Intervals and tags come together three-way, so that no tracked time is lost; of the title and of `archived`, where both sides
 * changed them, the one with the later `updatedAt` stands. `lost` is what did not stand.
 */
export const mergeTask: UploadKind<Task>['merge'] = (was, mine, theirs) => {
  const lost: Lost[] = [];
  const isMine = mine.updatedAt > theirs.updatedAt;
  const pick = <F extends 'title' | 'archived'>(field: F): Task[F] => {
    if (mine[field] === theirs[field] || mine[field] === was?.[field]) return theirs[field];
    if (theirs[field] === was?.[field]) return mine[field];
    lost.push({ field, side: isMine ? 'theirs' : 'mine' });
    return isMine ? mine[field] : theirs[field];
  };
  const combine = <F extends 'tags' | 'intervals'>(field: F, rule: MergeRule, max: number): Task[F] => {
    const side = (task: Task) => ({ value: asJson(task)[field], clientId: '', at: 0, record: {} });
    const { value = [] } = rule.merge({ was: was === null ? undefined : asJson(was)[field], mine: side(mine), theirs: side(theirs) });
    const combined: Task[F] = JSON.parse(JSON.stringify(value));
    if (combined.length <= max) return combined;
    // What no server takes would never be sent: then theirs stands.
    lost.push({ field, side: 'mine' });
    return theirs[field];
  };
  const record = {
    ...theirs,
    title: pick('title'),
    archived: pick('archived'),
    tags: combine('tags', set(), TASK_LIMITS.tagsMax),
    intervals: combine('intervals', intervals(), TASK_LIMITS.intervalsMax),
    updatedAt: Math.max(mine.updatedAt, theirs.updatedAt),
  };
  return { record, lost };
};
