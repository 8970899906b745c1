import type { Json } from '../json.ts';
import type { MergeRule } from './merge-rule.ts';
import { changedByOne, combiningRule, isAbsent } from './three-way.ts';

const readNumber = (value: Json | undefined): number | undefined => {
  if (isAbsent(value)) return 0;
  return typeof value === 'number' ? value : undefined;
};

/**
 * Three-way sum: what both sides added counts, also where both came to the same number. Absent and null count as 0; anything
 * but numbers behaves as `last`. Written so that both orders round alike; what grows beyond the numbers stays at the greatest.
 */
export const counter = (): MergeRule =>
  combiningRule(
    'counter',
    readNumber,
    (was, mine, theirs) => {
      const sum = Math.min(mine, theirs) + (Math.max(mine, theirs) - was);
      return { value: Math.max(-Number.MAX_VALUE, Math.min(Number.MAX_VALUE, sum)), dropped: 'none' };
    },
    changedByOne,
  );
