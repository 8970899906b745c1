import type { MergeRule } from './merge-rule.ts';
import { isAbsent } from './three-way.ts';

/** The first value that is neither absent nor null stands for ever. Holds for every write. */
export const once = (): MergeRule => ({
  name: 'once',
  when: 'always',
  combines: false,
  merge: ({ mine, theirs }) => ({ value: isAbsent(theirs.value) ? mine.value : theirs.value, dropped: 'none' }),
});
