import { jsonEqual } from '../canonical.ts';
import { type LineChange, lineChanges } from './line-changes.ts';
import type { MergeRule } from './merge-rule.ts';
import { isAbsent, keepMine, keepTheirs, oneSided } from './three-way.ts';

/** A change of the old lines from `start` to `end` (exclusive) into `lines`. */
interface Replacement {
  readonly start: number;
  readonly end: number;
  readonly lines: readonly string[];
}

const replacements = (was: readonly string[], text: readonly string[]): Replacement[] | undefined =>
  lineChanges(was, text)?.map(({ start, end, from, to }: LineChange) => ({ start, end, lines: text.slice(from, to) }));

/** `b` starts no earlier than `a`. */
const overlap = (a: Replacement, b: Replacement): boolean => b.start < a.end || (a.start === b.start && a.end === b.end);

/** Both lists in one, in order; a change that both made stands once. Undefined where different ones overlap. */
const weave = (mine: readonly Replacement[], theirs: readonly Replacement[]): Replacement[] | undefined => {
  const woven: Replacement[] = [];
  const all = [...mine, ...theirs].sort((a, b) => a.start - b.start || a.end - b.end);
  for (const next of all) {
    const previous = woven.at(-1);
    if (previous === undefined || !overlap(previous, next)) woven.push(next);
    else if (previous.end !== next.end || previous.start !== next.start || !jsonEqual(previous.lines, next.lines)) return undefined;
  }
  return woven;
};

const mergeLines = (was: readonly string[], mine: readonly string[], theirs: readonly string[]): string[] | undefined => {
  const ours = replacements(was, mine);
  const others = replacements(was, theirs);
  const woven = ours && others && weave(ours, others);
  if (woven === undefined) return undefined;
  let line = 0;
  const merged = woven.flatMap(({ start, end, lines }) => {
    const before = was.slice(line, start);
    line = end;
    return [...before, ...lines];
  });
  return merged.concat(was.slice(line));
};

/**
 * Three-way by line (diff3: Khanna, Kunal, Pierce, "A Formal Investigation of Diff3", 2007; here changes that only touch do
 * not conflict). Where changed lines overlap, or a text changed too much to be compared in bounded time, it falls back to
 * `review`: theirs stays. An absent `was` counts as empty; anything but strings behaves as `last`.
 */
export const text = (): MergeRule => ({
  name: 'text',
  when: 'concurrent',
  combines: true,
  merge: (input) => {
    const alone = oneSided(input);
    if (alone !== undefined) return alone;
    const was = isAbsent(input.was) ? '' : input.was;
    const mine = input.mine.value;
    const theirs = input.theirs.value;
    if (typeof was !== 'string' || typeof mine !== 'string' || typeof theirs !== 'string') return keepMine(input);
    const merged = mergeLines(was.split('\n'), mine.split('\n'), theirs.split('\n'));
    return merged === undefined ? keepTheirs(input) : { value: merged.join('\n'), dropped: 'none' };
  },
});
