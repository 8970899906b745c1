import type { Json, JsonObject } from '../json.ts';

/** One side of a merge: its value (undefined = absent), who wrote it and when by that client's clock. */
export interface MergeSide {
  readonly value: Json | undefined;
  /** '' where several writers were combined before. */
  readonly clientId: string;
  /** Client time in milliseconds, clamped to the server's. */
  readonly at: number;
  /** The whole record on that side, for rules that look at another field. */
  readonly record: JsonObject;
}

/** What a rule is given. `was` is the value the author of `mine` saw; undefined = absent. */
export interface MergeInput {
  readonly was: Json | undefined;
  readonly mine: MergeSide;
  readonly theirs: MergeSide;
}

/**
 * What a rule answers. `dropped` names the side of which something is not in `value`: that makes a conflict.
 * `review` means that the rule will not decide: theirs stays, the conflict is open.
 */
export interface MergeOutcome {
  readonly value: Json | undefined;
  readonly dropped: 'none' | 'mine' | 'theirs' | 'both';
}

/** A pure, total function: it never throws on any JSON, and knows nothing but its input. */
export interface MergeRule {
  /** As it stands in conflict records. */
  readonly name: string;
  /** 'always': holds for every write, concurrent or not, and raises no conflict (max, min, newestBy, once). */
  readonly when: 'concurrent' | 'always';
  /**
   * True for rules that combine both edits three-way (counter, set, map, list, intervals, text), false for those that pick
   * one. A rule that combines is also asked about equal values: two edits of +1 may have sent the same number.
   */
  readonly combines: boolean;
  merge(input: MergeInput): MergeOutcome;
}
