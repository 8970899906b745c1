import { type FieldDefinition, type Json, type JsonObject, jsonEqual, last, type MergeRule } from '@tidemark/protocol';
import { type Edit, healedOrder, isForeign } from './context.ts';
import type { Stamp } from './meta.ts';

/** What the author of an edit saw in a field. */
export type Seen = { readonly value: Json | undefined } | 'needed' | 'compacted';

export interface FieldQuestion {
  readonly field: string;
  readonly edit: Edit;
  readonly definition: FieldDefinition;
  readonly mine: Json | undefined;
  readonly mineRecord: JsonObject;
  readonly theirs: Json | undefined;
  readonly theirsRecord: JsonObject;
  readonly stamp: Stamp;
  /** Asked only where it matters. */
  readonly seen: () => Seen;
  /** Does the field's schema take this value (one that a rule made)? Answers it normalized. */
  readonly accept: (value: Json | undefined) => { readonly value: Json | undefined } | undefined;
}

export interface FieldAnswer {
  readonly value: Json | undefined;
  /** Who counts as the writer of `value` from now on. */
  readonly author: 'mine' | 'theirs' | 'combined';
  readonly rule: string;
  /** A rule dropped something, or would not decide: kept as a conflict. */
  readonly conflict?: { readonly was: Json | undefined; readonly outcome: 'mine' | 'theirs' | 'merged' };
}

const DEFAULT_RULE: MergeRule = last();

/** `author` of a value that a rule chose. */
const authorOf = (value: Json | undefined, question: FieldQuestion): FieldAnswer['author'] => {
  if (jsonEqual(value, question.theirs)) return 'theirs';
  return jsonEqual(value, question.mine) ? 'mine' : 'combined';
};

const runRule = (rule: MergeRule, question: FieldQuestion, was: Json | undefined) =>
  rule.merge({
    was,
    mine: { value: question.mine, clientId: question.edit.clientId, at: question.edit.clampedAt, record: question.mineRecord },
    theirs: { value: question.theirs, clientId: question.stamp.clientId, at: question.stamp.at, record: question.theirsRecord },
  });

const decideAlways = (rule: MergeRule, question: FieldQuestion): FieldAnswer => {
  const { value } = runRule(rule, question, undefined);
  return { value, author: authorOf(value, question), rule: rule.name };
};

const decideConcurrent = (rule: MergeRule, question: FieldQuestion, was: Json | undefined): FieldAnswer => {
  const outcome = runRule(rule, question, was);
  const author = authorOf(outcome.value, question);
  const accepted = author === 'combined' ? question.accept(outcome.value) : outcome;
  // A combination that the schema refuses must not lose either side: theirs stays, mine is kept as a conflict.
  if (accepted === undefined) return { value: question.theirs, author: 'theirs', rule: rule.name, conflict: { was, outcome: 'theirs' } };
  if (outcome.dropped === 'none') return { value: accepted.value, author, rule: rule.name };
  const standing = author === 'combined' ? 'merged' : author;
  return { value: accepted.value, author, rule: rule.name, conflict: { was, outcome: standing } };
};

const readJson = (fields: JsonObject, field: string): Json | undefined => (Object.hasOwn(fields, field) ? fields[field] : undefined);

/**
 * Has somebody else written the field unseen? A client that re-offers its writes, or whose base is of a lost log, saw writes of
 * others that may not be back yet: a rule that combines then works from `was` alone, also over the author's own writes.
 */
const countsAsForeign = (rule: MergeRule, { stamp, edit }: FieldQuestion): boolean =>
  isForeign(stamp, edit) || (rule.combines && (edit.healed !== undefined || !edit.baseCounts));

/** An up-caster filled in what an older version does not know, in `was` as well: the author did not name this field. */
const isFilledIn = ({ edit: { knowsAllFields, was, filledIn }, field, mine }: FieldQuestion): boolean => {
  if (knowsAllFields) return false;
  return was === undefined ? Object.hasOwn(filledIn, field) && jsonEqual(filledIn[field], mine) : jsonEqual(readJson(was, field), mine);
};

/**
 * Decides one field of an edit (docs/MERGE-RULES.md). Not concurrent: mine. Concurrent: the field's rule. 'needed' where the value
 * the author saw must be loaded from the history first.
 */
export const decideField = (question: FieldQuestion): FieldAnswer | 'needed' => {
  const { definition, edit, mine, theirs, stamp } = question;
  const rule = definition.merge ?? DEFAULT_RULE;
  if (isFilledIn(question)) return { value: theirs, author: 'theirs', rule: rule.name };
  if (rule.when === 'always') return decideAlways(rule, question);
  const isEqual = jsonEqual(mine, theirs);
  // A rule that combines is asked also about equal values: two clients that each counted one up sent the same one.
  if (!rule.combines) {
    const order = healedOrder(stamp, edit);
    if (isEqual) return { value: theirs, author: order ?? 'theirs', rule: rule.name };
    if (order !== undefined) return { value: order === 'mine' ? mine : theirs, author: order, rule: rule.name };
  }
  if (!countsAsForeign(rule, question)) return { value: mine, author: isEqual ? 'theirs' : 'mine', rule: rule.name };
  const seen = question.seen();
  if (seen === 'needed') return 'needed';
  // Never a guess: without the value the author saw, theirs stays and mine is kept.
  if (seen === 'compacted') {
    if (isEqual) return { value: theirs, author: 'theirs', rule: rule.name };
    return { value: theirs, author: 'theirs', rule: rule.name, conflict: { was: undefined, outcome: 'theirs' } };
  }
  if (jsonEqual(seen.value, theirs)) return { value: mine, author: 'mine', rule: rule.name };
  if (jsonEqual(seen.value, mine)) return { value: theirs, author: 'theirs', rule: rule.name };
  return decideConcurrent(rule, question, seen.value);
};
