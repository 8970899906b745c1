import type { MergeRule } from './merge-rule.ts';
import { compareValues } from './order-of-values.ts';
import { isAbsent } from './three-way.ts';

/** The side that stands furthest in one direction (1: greatest, -1: least). An absent or null value loses either way. */
export const extremeRule = (name: string, direction: 1 | -1): MergeRule => ({
  name,
  when: 'always',
  combines: false,
  merge: ({ mine: { value: mine }, theirs: { value: theirs } }) => {
    if (isAbsent(theirs)) return { value: mine === undefined ? theirs : mine, dropped: 'none' };
    const further = !isAbsent(mine) && Math.sign(compareValues(mine, theirs)) === direction;
    return { value: further ? mine : theirs, dropped: 'none' };
  },
});
