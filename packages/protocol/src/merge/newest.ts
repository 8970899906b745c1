import { compareStrings } from '../query/compare.ts';
import type { MergeRule } from './merge-rule.ts';
import { keepMine, keepTheirs, pickingRule } from './three-way.ts';

/** The greater client time (clamped to the server's) stands, ties by the greater clientId; the other is kept as a conflict. */
export const newest = (): MergeRule =>
  pickingRule('newest', (input) => {
    const { mine, theirs } = input;
    const order = mine.at - theirs.at || compareStrings(mine.clientId, theirs.clientId);
    return order < 0 ? keepTheirs(input) : keepMine(input);
  });
