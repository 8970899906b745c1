import type { MergeRule } from './merge-rule.ts';
import { keepMine, pickingRule } from './three-way.ts';

/** The default: the edit that arrives later stands, and the one it replaced is kept as a conflict. */
export const last = (): MergeRule => pickingRule('last', keepMine);
