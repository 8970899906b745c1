import { isJsonObject, type Json, type JsonObject, jsonEqual } from '@tidemark/protocol';
import { intervalsOf, valueText } from '../conflicts/field-words.ts';

const isRunning = (value: Json | undefined): boolean => intervalsOf(value).at(-1)?.end === undefined && intervalsOf(value).length > 0;

const timerWords = (next: Json | undefined, previous: Json | undefined, now: number): string => {
  if (isRunning(next) && !isRunning(previous)) return 'Started';
  if (!isRunning(next) && isRunning(previous) && intervalsOf(next).length > 0) return 'Paused';
  if (intervalsOf(next).length === 0) return 'Time reset';
  return `Time now ${valueText('intervals', next ?? null, now)}`;
};

const words = (value: Json | undefined): readonly Json[] => (Array.isArray(value) ? value : []);

const tagWords = (next: Json | undefined, previous: Json | undefined): string => {
  const added = words(next).filter((tag) => !words(previous).includes(tag));
  const removed = words(previous).filter((tag) => !words(next).includes(tag));
  return ['Tags', ...added.map((tag) => `+${String(tag)}`), ...removed.map((tag) => `−${String(tag)}`)].join(' ');
};

/**
 * What one change did to a task, in sentences. undefined fields stand for a deleted or absent task; `updatedAt` and
 * `version` change with every write and are not told.
 * @param now wall time in milliseconds, for a running timer
 */
export const whatChanged = (next: JsonObject | undefined, previous: JsonObject | undefined, now: number): readonly string[] => {
  if (!isJsonObject(next)) return ['Deleted'];
  if (!isJsonObject(previous)) return [`Created as “${String(next.title)}”`];
  const told: string[] = [];
  if (next.title !== previous.title) told.push(`Renamed “${String(previous.title)}” to “${String(next.title)}”`);
  if (next.archived !== previous.archived) told.push(next.archived === true ? 'Archived' : 'Back to active');
  if (!jsonEqual(next.tags ?? null, previous.tags ?? null)) told.push(tagWords(next.tags, previous.tags));
  if (!jsonEqual(next.intervals ?? null, previous.intervals ?? null)) told.push(timerWords(next.intervals, previous.intervals, now));
  return told.length === 0 ? ['Saved'] : told;
};
