import { canonicalJson } from '../canonical.ts';
import type { Json } from '../json.ts';
import { compareStrings } from '../query/compare.ts';
import type { MergeRule } from './merge-rule.ts';
import { compareValues } from './order-of-values.ts';
import { memberOf } from './three-way.ts';

const text = (value: Json | undefined): string => (value === undefined ? '' : canonicalJson(value));

/**
 * The side whose record holds the greater value in `field` stands (the order of `max`), ties by the greater canonical JSON
 * of the value, so that the order of arrival decides nothing. Holds for every write.
 */
export const newestBy = (field: string): MergeRule => ({
  name: 'newestBy',
  when: 'always',
  combines: false,
  merge: ({ mine, theirs }) => {
    const order =
      compareValues(memberOf(mine.record, field), memberOf(theirs.record, field)) || compareStrings(text(mine.value), text(theirs.value));
    return { value: order > 0 ? mine.value : theirs.value, dropped: 'none' };
  },
});
