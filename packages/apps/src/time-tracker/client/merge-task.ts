import type { UploadKind } from '@tidemark/client/upload';
import { intervals, type Json, jsonEqual, type MergeRule, set } from '@tidemark/protocol';
import { TASK_LIMITS, type Task } from '../schema.ts';

const asJson = (value: object | string | boolean): Json => JSON.parse(JSON.stringify(value));

/** Do two tasks say the same, apart from the numbers that count writes? */
export const isSameTask = (a: Task, b: Task): boolean =>
  a.title === b.title &&
  a.archived === b.archived &&
  jsonEqual(asJson(a.tags), asJson(b.tags)) &&
  jsonEqual(asJson(a.intervals), asJson(b.intervals));

const combine = (rule: MergeRule, was: object | undefined, mine: object, theirs: object): Json => {
  const side = (value: object) => ({ value: asJson(value), clientId: '', at: 0, record: {} });
  return rule.merge({ was: was && asJson(was), mine: side(mine), theirs: side(theirs) }).value ?? [];
};

/**
 * Combines a task edited here with the server's copy. `was` is the copy that `mine` stands on, null where it stands on none.
 * Intervals and tags come together three-way, so that no tracked time is lost; of the title and of `archived`, where both sides
 * changed them, the one with the later `updatedAt` stands. `lost` is what did not stand.
 */
export const mergeTask: UploadKind<Task>['merge'] = (was, mine, theirs) => {
  const lost: { field: string; side: 'mine' | 'theirs' }[] = [];
  const isMine = mine.updatedAt > theirs.updatedAt;
  const pick = <F extends 'title' | 'archived'>(field: F): Task[F] => {
    if (mine[field] === theirs[field] || mine[field] === was?.[field]) return theirs[field];
    if (theirs[field] === was?.[field]) return mine[field];
    lost.push({ field, side: isMine ? 'theirs' : 'mine' });
    return isMine ? mine[field] : theirs[field];
  };
  // A combination that no server takes would never be sent: then theirs stands.
  const fit = <T>(field: 'tags' | 'intervals', combined: readonly T[], max: number, other: readonly T[]): T[] => {
    if (combined.length <= max) return [...combined];
    lost.push({ field, side: 'mine' });
    return [...other];
  };
  const tags: string[] = JSON.parse(JSON.stringify(combine(set(), was?.tags, mine.tags, theirs.tags)));
  const time: Task['intervals'] = JSON.parse(JSON.stringify(combine(intervals(), was?.intervals, mine.intervals, theirs.intervals)));
  const record: Task = {
    ...theirs,
    title: pick('title'),
    archived: pick('archived'),
    tags: fit('tags', tags, TASK_LIMITS.tagsMax, theirs.tags),
    intervals: fit('intervals', time, TASK_LIMITS.intervalsMax, theirs.intervals),
    updatedAt: Math.max(mine.updatedAt, theirs.updatedAt),
  };
  return { record, lost };
};
