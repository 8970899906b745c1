import { CONFLICTS, canonicalJson, type Json, type JsonObject, jsonEqual } from '@tidemark/protocol';
import type { Author, ConflictFields } from '@tidemark/protocol/messages';
import { conflictIdOf } from '../hash.ts';
import type { Edit } from './context.ts';
import type { Draft, DraftRecord } from './draft.ts';
import { openConflict, type RecordMeta, type Stamp } from './meta.ts';

/** What a conflict is about; its id and authors are worked out here. */
export interface ConflictDraft {
  readonly field: string;
  readonly was: Json | undefined;
  readonly mine: Json | undefined;
  readonly theirs: Json | undefined;
  readonly theirsStamp: Stamp | undefined;
  readonly rule: string;
  readonly outcome: ConflictFields['outcome'];
  /** Goes straight to the resolved ones. */
  readonly quiet: boolean;
}

/** A type guard for what this module wrote itself: nothing else writes to the collection. */
export const isConflictFields = (fields: JsonObject): fields is JsonObject & ConflictFields => typeof fields.state === 'string';

/** A conflict as it stands. */
export interface StandingConflict {
  readonly fields: ConflictFields;
  readonly record: DraftRecord;
}

/** Undefined where there is none of this id; 'needed' where it must be loaded first. */
export const conflictOf = (draft: Draft, id: string): StandingConflict | undefined | 'needed' => {
  if (!draft.hasLoaded(CONFLICTS, id)) return 'needed';
  const record = draft.record(CONFLICTS, id);
  return record && isConflictFields(record.fields) ? { fields: record.fields, record } : undefined;
};

/** Writes a conflict record; answers its seq. */
export const writeConflict = (
  draft: Draft,
  conflictId: string,
  fields: ConflictFields,
  edit: Pick<Edit, 'mutationId' | 'clientId' | 'at'>,
): number => {
  // The round trip through text drops undefined members and leaves plain JSON.
  const fieldsJson = canonicalJson(JSON.parse(JSON.stringify(fields)));
  const stamp = { seq: draft.head() + 1, clientId: edit.clientId, at: edit.at };
  const meta: RecordMeta = { all: stamp, fields: {}, open: {} };
  return draft.addChange({ collection: CONFLICTS, id: conflictId, deleted: false, fieldsJson, fields: JSON.parse(fieldsJson), meta }, edit)
    .seq;
};

const authorOfStamp = (draft: Draft, stamp: Stamp | undefined): Author | 'needed' => {
  if (stamp === undefined) return { clientId: '', at: 0 };
  const row = draft.logRow(stamp.seq);
  if (row === 'needed') return 'needed';
  const known = { clientId: stamp.clientId, at: stamp.at, seq: stamp.seq };
  return row === undefined || row.mutationId === '' ? known : { ...known, mutationId: row.mutationId };
};

/**
 * Does a conflict go on where an open one began, so that updating that one loses nothing? Only where the client had not seen
 * it yet (its own later value then includes the earlier one), and no other dropped value would have to give way.
 */
const continues = (edit: Edit, theirs: Json | undefined, fields: ConflictFields, seq: number): boolean => {
  if (fields.state !== 'open') return false;
  if (edit.baseCounts && edit.base >= seq) return false;
  return fields.outcome === 'theirs' || jsonEqual(fields.theirs, theirs ?? null);
};

/** The open conflict that one of `edit` about the same field goes on from (see `continues`), or 'needed'. */
export const conflictToContinue = (
  draft: Draft,
  edit: Edit,
  open: RecordMeta['open'],
  { field, theirs }: Pick<ConflictDraft, 'field' | 'theirs'>,
): { readonly id: string; readonly fields: ConflictFields } | undefined | 'needed' => {
  const id = openConflict(open, field, edit.clientId);
  if (id === undefined) return undefined;
  const standing = conflictOf(draft, id);
  if (standing === undefined || standing === 'needed') return standing;
  return continues(edit, theirs, standing.fields, standing.record.seq) ? { id, fields: standing.fields } : undefined;
};

/**
 * Stores a conflict of `edit` about a field of a record. A further one of the same client, record and field updates
 * the one that is open (see `conflictToContinue`). Answers its id, or 'needed'.
 */
export const raiseConflict = (draft: Draft, edit: Edit, open: RecordMeta['open'], conflict: ConflictDraft): string | 'needed' => {
  const theirsBy = authorOfStamp(draft, conflict.theirsStamp);
  if (theirsBy === 'needed') return 'needed';
  const previous = conflictToContinue(draft, edit, open, conflict);
  if (previous === 'needed') return 'needed';
  const id = previous?.id ?? conflictIdOf(edit.mutationId, conflict.field);
  const fields: ConflictFields = {
    collection: edit.collection,
    id: edit.id,
    field: conflict.field,
    was: (previous ? previous.fields.was : conflict.was) ?? null,
    mine: conflict.mine ?? null,
    theirs: conflict.theirs ?? null,
    mineBy: { clientId: edit.clientId, mutationId: edit.mutationId, at: edit.at },
    theirsBy,
    rule: conflict.rule,
    outcome: conflict.outcome,
    state: conflict.quiet ? 'resolved' : 'open',
    raisedAt: draft.now,
  };
  const chosen = conflict.outcome === 'mine' ? conflict.mine : conflict.theirs;
  const resolution = {
    choose: 'quiet' as const,
    value: chosen ?? null,
    clientId: edit.clientId,
    mutationId: edit.mutationId,
    at: draft.now,
  };
  writeConflict(draft, id, conflict.quiet ? { ...fields, resolution } : fields, edit);
  return id;
};
