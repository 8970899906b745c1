import { intervals, type Json, jsonEqual, type MergeRule, set } from '@tidemark/protocol';
import { TASK_LIMITS, type Task } from '../schema.ts';
import type { DroppedEdit } from './kept-tasks.ts';

const asJson = (value: object | string | boolean): Json => JSON.parse(JSON.stringify(value));

/** Do two tasks say the same, apart from the numbers that count writes? */
export const isSameTask = (a: Task, b: Task): boolean =>
  a.title === b.title &&
  a.archived === b.archived &&
  jsonEqual(asJson(a.tags), asJson(b.tags)) &&
  jsonEqual(asJson(a.intervals), asJson(b.intervals));

/** The version that a task counts; tasks of old timers count none. */
export const versionOf = (task: Task | null): number => task?.version ?? (task === null ? 0 : 1);

const combine = (rule: MergeRule, was: object | undefined, mine: object, theirs: object): Json => {
  const side = (value: object) => ({ value: asJson(value), clientId: '', at: 0, record: {} });
  return rule.merge({ was: was && asJson(was), mine: side(mine), theirs: side(theirs) }).value ?? [];
};

type Lost = Pick<DroppedEdit, 'field' | 'side' | 'task'>;

/**
 * Combines a task edited here with the server's copy. `was` is the copy that `mine` stands on, null where it stands on none.
 * Intervals and tags come together three-way, so that no tracked time is lost; of the title and of `archived`, where both sides
 * changed them, the one with the later `updatedAt` stands. `lost` is what did not stand.
 */
export const mergeTask = (was: Task | null, mine: Task, theirs: Task): { readonly task: Task; readonly lost: readonly Lost[] } => {
  const lost: Lost[] = [];
  const isMine = mine.updatedAt > theirs.updatedAt;
  const pick = <F extends 'title' | 'archived'>(field: F): Task[F] => {
    if (mine[field] === theirs[field] || mine[field] === was?.[field]) return theirs[field];
    if (theirs[field] === was?.[field]) return mine[field];
    lost.push(isMine ? { field, side: 'theirs', task: theirs } : { field, side: 'mine', task: mine });
    return isMine ? mine[field] : theirs[field];
  };
  // A combination that no server takes would never be sent: then theirs stands.
  const fit = <T>(field: 'tags' | 'intervals', combined: readonly T[], max: number, other: readonly T[]): T[] => {
    if (combined.length <= max) return [...combined];
    lost.push({ field, side: 'mine', task: mine });
    return [...other];
  };
  const tags: string[] = JSON.parse(JSON.stringify(combine(set(), was?.tags, mine.tags, theirs.tags)));
  const time: Task['intervals'] = JSON.parse(JSON.stringify(combine(intervals(), was?.intervals, mine.intervals, theirs.intervals)));
  const task: Task = {
    id: theirs.id,
    title: pick('title'),
    archived: pick('archived'),
    tags: fit('tags', tags, TASK_LIMITS.tagsMax, theirs.tags),
    intervals: fit('intervals', time, TASK_LIMITS.intervalsMax, theirs.intervals),
    updatedAt: Math.max(mine.updatedAt, theirs.updatedAt),
    version: versionOf(theirs),
  };
  return { task, lost };
};
