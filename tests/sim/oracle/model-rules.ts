import type { Json } from '@tidemark/protocol';
import { plainJson } from './plain-json.ts';

// The merge rules once more, from docs/MERGE-RULES.md and without a line of the product's.

type Value = Json | undefined;

/** What one field of an edit meets. */
export interface Meeting {
  readonly was: Value;
  readonly mine: Value;
  readonly theirs: Value;
  /** Written by another client after what the author had seen. */
  readonly isForeign: boolean;
}

export interface Expected {
  readonly value: Value;
  readonly author: 'mine' | 'theirs' | 'both';
  /** A value was dropped, so that a conflict must be open. */
  readonly conflict: boolean;
}

const isSame = (a: Value, b: Value): boolean => plainJson(a) === plainJson(b);
const mine = (value: Value): Expected => ({ value, author: 'mine', conflict: false });
const theirs = (value: Value): Expected => ({ value, author: 'theirs', conflict: false });
const numberOf = (value: Value): number => (typeof value === 'number' ? value : 0);
const itemsOf = (value: Value): readonly Json[] => (Array.isArray(value) ? value : []);

/** Of a value that two edits made together: who wrote it. */
const together = (value: Value, meeting: Meeting): Expected => {
  if (isSame(value, meeting.theirs)) return theirs(value);
  return isSame(value, meeting.mine) ? mine(value) : { value, author: 'both', conflict: false };
};

/** What one side alone has changed; undefined where both have. */
const oneSided = (meeting: Meeting): Expected | undefined => {
  if (!meeting.isForeign) return isSame(meeting.mine, meeting.theirs) ? theirs(meeting.theirs) : mine(meeting.mine);
  if (isSame(meeting.was, meeting.theirs)) return mine(meeting.mine);
  return isSame(meeting.was, meeting.mine) ? theirs(meeting.theirs) : undefined;
};

const picking =
  (keep: 'mine' | 'theirs') =>
  (meeting: Meeting): Expected => {
    if (isSame(meeting.mine, meeting.theirs)) return theirs(meeting.theirs);
    return oneSided(meeting) ?? { value: meeting[keep], author: keep, conflict: true };
  };

const setOf = (meeting: Meeting): Value => {
  if (meeting.mine === undefined && meeting.theirs === undefined) return undefined;
  const texts = (value: Value): Set<string> => new Set(itemsOf(value).map(plainJson));
  const [was, own] = [texts(meeting.was), texts(meeting.mine)];
  const present = texts(meeting.theirs);
  const stay = itemsOf(meeting.theirs).filter((item) => own.has(plainJson(item)) || !was.has(plainJson(item)));
  const added = itemsOf(meeting.mine).filter((item) => !present.has(plainJson(item)) && !was.has(plainJson(item)));
  return [...stay, ...added];
};

/** The rule of each field of the simulated app. */
export const RULES: { readonly [field: string]: (meeting: Meeting) => Expected } = {
  title: picking('mine'),
  body: picking('theirs'),
  likes: (meeting) => oneSided(meeting) ?? together(numberOf(meeting.theirs) + numberOf(meeting.mine) - numberOf(meeting.was), meeting),
  tags: (meeting) => oneSided(meeting) ?? together(setOf(meeting), meeting),
  // Absent is below every number: a maximum is never cleared.
  best: (meeting) => {
    if (typeof meeting.mine !== 'number') return theirs(meeting.theirs);
    return typeof meeting.theirs === 'number' ? together(Math.max(meeting.theirs, meeting.mine), meeting) : mine(meeting.mine);
  },
};
