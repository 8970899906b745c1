import fc from 'fast-check';
import type { Json, JsonObject } from '../json.ts';
import type { MergeInput, MergeOutcome, MergeRule } from './merge-rule.ts';

/** Runs of a property that is cheap. */
export const RUNS = { numRuns: 1_000 };

/** Names that have a meaning for the language, and the ones the rules look for. */
const key = fc.constantFrom(
  '__proto__',
  'constructor',
  'prototype',
  'toString',
  'hasOwnProperty',
  '',
  'id',
  'order',
  'start',
  'end',
  'a',
  'b',
);

const { value: anyJson } = fc.letrec<{ value: Json }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 4, depthSize: 'small' },
    fc.constantFrom<Json>(null, true, false, 0, 1.5, Number.MAX_VALUE, -Number.MAX_VALUE, 2 ** 53, '', 'a', 'b', '\u{10000}', '\uFFFD'),
    fc.array(tie('value'), { maxLength: 4 }),
    fc.array(fc.tuple(key, tie('value')), { maxLength: 4 }).map((entries): Json => Object.fromEntries(entries)),
  ),
}));

/** Any JSON, small and often equal, so that rules meet equal and similar values. */
export const json: fc.Arbitrary<Json> = anyJson;

export const maybe = <T>(value: fc.Arbitrary<T>): fc.Arbitrary<T | undefined> => fc.option(value, { nil: undefined });

export interface InputOptions {
  readonly mineRecord?: JsonObject;
  readonly theirsRecord?: JsonObject;
  readonly mineAt?: number;
  readonly theirsAt?: number;
}

/** An input whose sides are two clients: m (mine) and t (theirs). */
export const inputOf = (was: Json | undefined, mine: Json | undefined, theirs: Json | undefined, more: InputOptions = {}): MergeInput => ({
  was,
  mine: { value: mine, clientId: 'm', at: more.mineAt ?? 2, record: more.mineRecord ?? {} },
  theirs: { value: theirs, clientId: 't', at: more.theirsAt ?? 1, record: more.theirsRecord ?? {} },
});

export const swapped = ({ was, mine, theirs }: MergeInput): MergeInput => ({ was, mine: theirs, theirs: mine });

export const mergeOf = (rule: MergeRule, was: Json | undefined, mine: Json | undefined, theirs: Json | undefined): MergeOutcome =>
  rule.merge(inputOf(was, mine, theirs));
