import { extremeRule } from './extreme.ts';
import type { MergeRule } from './merge-rule.ts';

/** The greatest value ever written stands: numbers by size, strings by code point. Holds for every write. */
export const max = (): MergeRule => extremeRule('max', 1);
