import { extremeRule } from './extreme.ts';
import type { MergeRule } from './merge-rule.ts';

/** The least value ever written stands: numbers by size, strings by code point; absent and null lose. Holds for every write. */
export const min = (): MergeRule => extremeRule('min', -1);
