import type { MergeRule } from './merge-rule.ts';
import { keepTheirs, pickingRule } from './three-way.ts';

/** Never decides by itself: theirs stays, mine waits in an open conflict until a person chooses. */
export const review = (): MergeRule => pickingRule('review', keepTheirs);
