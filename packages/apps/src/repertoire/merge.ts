import { type MergeRule, newest, text } from '@tidemark/protocol';

const byLine = text();
const byTime = newest();

/** Line by line where the changed lines do not overlap; else the newer edit stands, and the other is kept as a conflict. */
export const linesElseNewest: MergeRule = {
  name: 'linesElseNewest',
  when: 'concurrent',
  combines: true,
  merge: (input) => {
    const merged = byLine.merge(input);
    return merged.dropped === 'none' ? merged : byTime.merge(input);
  },
};

/** Stands or falls with another field: a value may come as long as that field has none, and stays once it has one. */
export const decidedWith = (field: string): MergeRule => ({
  name: 'decidedWith',
  when: 'always',
  combines: false,
  merge: ({ mine, theirs }) => {
    const isDecided = Object.hasOwn(theirs.record, field) && theirs.record[field] !== null;
    return { value: isDecided ? theirs.value : mine.value, dropped: 'none' };
  },
});
