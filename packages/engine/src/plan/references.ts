import { type CollectionDefinition, type Json, type JsonObject, jsonEqual } from '@tidemark/protocol';
import { type Done, type Edit, type EditOutcome, NEEDED, unchanged } from './context.ts';
import type { Draft, DraftRecord } from './draft.ts';
import { type Stamp, withOpen } from './meta.ts';
import { raiseConflict } from './raise-conflict.ts';

/** The rule that a conflict names where what a field refers to is gone. */
const RULE = 'refersTo';

interface Dangling {
  readonly field: string;
  readonly value: Json;
  /** The deletion of what it names; undefined where that was never here. */
  readonly deletion: Stamp | undefined;
}

type Plan = (draft: Draft, collection: CollectionDefinition, edit: Edit, record: DraftRecord | undefined) => EditOutcome;

type Reference = readonly [field: string, collection: string];

const referencesOf = new WeakMap<CollectionDefinition, readonly Reference[]>();

/** The fields of a collection that name records. Its definition is looked through once. */
const referencesIn = (collection: CollectionDefinition): readonly Reference[] => {
  const known = referencesOf.get(collection);
  if (known !== undefined) return known;
  const found = Object.entries(collection.fields).flatMap(([field, { refersTo }]): Reference[] =>
    refersTo === undefined ? [] : [[field, refersTo]],
  );
  referencesOf.set(collection, found);
  return found;
};

/** The fields of an edit that name a record which is not there. Of a healed edit none: what it names may not have been healed yet. */
const danglingIn = (draft: Draft, collection: CollectionDefinition, edit: Edit, record: DraftRecord | undefined) => {
  const found: Dangling[] = [];
  let isNeeded = false;
  for (const [field, refersTo] of referencesIn(collection)) {
    const value = Object.hasOwn(edit.fields, field) ? edit.fields[field] : undefined;
    if (typeof value !== 'string' || edit.healed !== undefined) continue;
    // What names it already, since before it was deleted, is no news.
    if (record?.deleted === false && jsonEqual(record.fields[field], value)) continue;
    isNeeded = !draft.hasLoaded(refersTo, value) || isNeeded;
    const target = draft.record(refersTo, value);
    if (target === undefined || target.deleted) found.push({ field, value, deletion: target?.meta.deletion });
  }
  return isNeeded ? 'needed' : found;
};

/** The edit with these fields cleared. */
const clearing = (edit: Edit, dangling: readonly Dangling[]): Edit => {
  const names = new Set(dangling.map(({ field }) => field));
  const others = Object.entries(edit.fields).filter(([field]) => !names.has(field));
  const cleared = edit.op === 'patch' ? [...names].map((field): [string, Json] => [field, null]) : [];
  return { ...edit, fields: Object.fromEntries([...others, ...cleared]) satisfies JsonObject, fieldsJson: undefined };
};

/** Puts what was cleared into the inbox. */
const raiseAll = (draft: Draft, edit: Edit, outcome: Done, dangling: readonly Dangling[]): EditOutcome => {
  const { record } = outcome;
  if (record === undefined || record.deleted) return outcome;
  let { open } = record.meta;
  const ids: string[] = [];
  for (const { field, value, deletion } of dangling) {
    const id = raiseConflict(draft, edit, open, {
      field,
      was: edit.was?.[field],
      mine: value,
      theirs: undefined,
      theirsStamp: deletion,
      rule: RULE,
      outcome: 'theirs',
      quiet: false,
    });
    if (id === 'needed') return NEEDED;
    ids.push(id);
    open = withOpen(open, field, edit.clientId, id);
  }
  const after = { ...record, meta: { ...record.meta, open } };
  draft.setMeta(after, after.meta);
  return unchanged(after, 'conflict', [...outcome.conflictIds, ...ids]);
};

/**
 * Plans an edit so that no field declared with `refersTo` comes to name a record that is not there: it is cleared instead, and what
 * it named is an open conflict. A record that is deleted later leaves those that name it as they are.
 */
export const keepingReferences =
  (plan: Plan): Plan =>
  (draft, collection, edit, record) => {
    const dangling = danglingIn(draft, collection, edit, record);
    if (dangling === 'needed') return NEEDED;
    if (dangling.length === 0) return plan(draft, collection, edit, record);
    const outcome = plan(draft, collection, clearing(edit, dangling), record);
    return outcome.kind === 'done' ? raiseAll(draft, edit, outcome, dangling) : outcome;
  };
