import { jsonEqual } from '../canonical.ts';
import type { Json } from '../json.ts';
import type { MergeInput, MergeOutcome, MergeRule, MergeSide } from './merge-rule.ts';

/** One edit of the field, as its client made it. */
export interface FieldEdit {
  readonly clientId: string;
  readonly at: number;
  readonly was: Json | undefined;
  readonly value: Json | undefined;
  readonly base: number;
}

/** What happened when the rule was asked. */
export interface Merge {
  readonly input: MergeInput;
  readonly outcome: MergeOutcome;
}

/**
 * The smallest server that does what docs/MERGE-RULES.md says about one field of one record. Concurrent is a value that differs from
 * `was` and was last written after `base` by another client. A value that a rule combined was written by nobody: it is
 * foreign to every client, since none of them has seen it. Rules that combine are asked about equal values too: two clients
 * that both count from 5 to 6 have counted to 7.
 */
export const openFieldServer = (rule: MergeRule) => {
  const log: MergeSide[] = [];
  const none: MergeSide = { value: undefined, clientId: '', at: 0, record: {} };
  const now = (): MergeSide => log.at(-1) ?? none;

  const decide = (edit: FieldEdit, theirs: MergeSide): Merge | undefined => {
    const concurrent = log.length > edit.base && theirs.clientId !== edit.clientId && !jsonEqual(theirs.value, edit.was);
    const agreed = !rule.combines && jsonEqual(edit.value, theirs.value);
    if (rule.when === 'concurrent' && (!concurrent || agreed)) return undefined;
    const { clientId, at, was, value } = edit;
    const mine: MergeSide = { value, clientId, at, record: { at, field: value ?? null } };
    const input: MergeInput = { was: rule.when === 'always' ? undefined : was, mine, theirs };
    return { input, outcome: rule.merge(input) };
  };

  /** Applies an edit; answers what the rule was asked and said, if it was asked. */
  const push = (edit: FieldEdit): Merge | undefined => {
    const theirs = now();
    const { clientId, at } = edit;
    const merge = decide(edit, theirs);
    const value = merge === undefined ? edit.value : merge.outcome.value;
    if (jsonEqual(value, theirs.value)) return merge;
    const written = { value, clientId, at, record: { at, field: value ?? null } };
    log.push(jsonEqual(value, edit.value) ? written : { ...written, clientId: '' });
    return merge;
  };

  return { push, head: () => log.length, now, since: (seq: number): readonly MergeSide[] => log.slice(seq) };
};

/** A replica: what it pulled, and its own edits on top. */
export const openReplica = (server: ReturnType<typeof openFieldServer>, clientId: string) => {
  let seq = 0;
  let pulled: Json | undefined;
  let view: Json | undefined;
  return {
    view: () => view,
    pull: (): void => {
      for (const change of server.since(seq)) {
        pulled = change.value;
        seq += 1;
      }
      view = pulled;
    },
    edit: (at: number, change: (seen: Json | undefined) => Json | undefined): FieldEdit => {
      const was = view;
      view = change(was);
      return { clientId, at, was, value: view, base: seq };
    },
  };
};
