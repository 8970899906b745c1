import { elapsed } from '@tidemark/apps/time-tracker';
import { type Interval, isJsonObject, type Json, WHOLE_RECORD } from '@tidemark/protocol';
import { counted } from '../pane/words.ts';
import { durationText } from '../tasks/duration.ts';

const FIELDS: { readonly [field: string]: string } = {
  title: 'Title',
  archived: 'Archive',
  tags: 'Tags',
  intervals: 'Time',
  [WHOLE_RECORD]: 'Whole task',
};

/** What a person calls a field. */
export const fieldName = (field: string): string => FIELDS[field] ?? field;

const RULES: { readonly [rule: string]: string } = {
  newest: 'The edit with the later time stands.',
  last: 'The edit that arrived last stands.',
  set: 'What either side added or removed was combined.',
  intervals: 'The stretches of both sides were combined.',
  max: 'The greatest value stands.',
  deleteWins: 'A delete stands against an edit that had not seen it.',
  editWins: 'An edit stands against a delete that had not seen it.',
  refersTo: 'What it names is not there any more.',
  review: 'Nothing was decided: a person has to choose.',
};

/** The rule that decided, as a sentence. */
export const ruleWords = (rule: string): string => RULES[rule] ?? `Decided by the rule ${rule}.`;

const isInterval = (value: Json): value is Json & Interval =>
  isJsonObject(value) && typeof value.start === 'number' && (value.end === undefined || typeof value.end === 'number');

/** Intervals in a stored value; what is none is left out. */
export const intervalsOf = (value: Json | undefined): readonly Interval[] => (Array.isArray(value) ? value.filter(isInterval) : []);

const timeText = (value: Json, now: number): string => {
  const intervals = intervalsOf(value);
  const running = intervals.some((interval) => interval.end === undefined) ? ', running' : '';
  return `${durationText(elapsed({ intervals }, now))} in ${counted(intervals.length, 'stretch', 'stretches')}${running}`;
};

/** A value of a field as a person reads it. `now` (milliseconds) is for a running timer. */
export const valueText = (field: string, value: Json, now: number): string => {
  if (field === WHOLE_RECORD) return isJsonObject(value) ? `${String(value.title)}, ${timeText(value.intervals ?? [], now)}` : 'Deleted';
  if (value === null) return 'Nothing';
  if (field === 'archived') return value === true ? 'Archived' : 'Active';
  if (field === 'intervals') return timeText(value, now);
  if (Array.isArray(value)) return value.length === 0 ? 'None' : value.map(String).join(', ');
  return typeof value === 'string' ? value : JSON.stringify(value);
};
