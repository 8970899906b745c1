import { type Json, type JsonObject, type MutableJsonObject, ok, type Result } from '@tidemark/protocol';
import type { Call } from '@tidemark/server/rest';
import { CONTENT } from '../piece-content.ts';
import { versionIn } from '../version.ts';
import { applyChunks, identified, type Write } from './apply-chunks.ts';
import type { Row } from './changes.ts';
import { seenState } from './seen-state.ts';
import { differingContent, fieldsOf, hasSameContent, readUploaded, type SentPiece, type UploadedPiece } from './wire-piece.ts';

/** What was not stored, and why. */
export interface Refused {
  readonly id: string | null;
  readonly code: string;
  readonly error: string;
}

/** A piece to store, with the record that it is about: the one of that id in either case. */
export interface Upload {
  readonly sent: SentPiece;
  readonly recordId: string;
  readonly row: Row | undefined;
  /** Its difference to the state that its version names is no whole edit: nothing of it may overwrite what is here. */
  readonly isDoubtful: boolean;
}

export interface Uploaded {
  readonly pieceId: string;
  readonly recordId: string;
  readonly fields: JsonObject;
  readonly version: number;
}

const PREFIX = 'pieces';
/** Belongs to no log: then `was` decides what is concurrent, and where there is none either, what differs becomes a conflict. */
const UNKNOWN_EPOCH = 'unknown';

/** Was the change with this mutationId an upload that came out just as it was sent? */
export const cameOutAsSent = async ({ services, space }: Call, mutationId: string): Promise<boolean> =>
  new RegExp(`^${PREFIX}-[0-9a-f]+$`).test(mutationId) && (await services.engine.receipt(space, mutationId))?.verdict === 'applied';

/** The fields of an edit: what differs from the state it stands on, null where it cleared something. */
const editOf = ({ fields }: UploadedPiece, names: readonly string[]): MutableJsonObject =>
  Object.fromEntries(names.map((name): [string, Json] => [name, fields[name] ?? null]));

const pick = (fields: JsonObject, names: readonly string[]): JsonObject =>
  Object.fromEntries(names.flatMap((name): [string, Json][] => (fields[name] === undefined ? [] : [[name, fields[name]]])));

type Content = Pick<Write, 'op' | 'base' | 'was' | 'fields'>;

/** The edit of a piece against the state it stands on: only what differs. */
const toEdit = (piece: UploadedPiece, seen: { readonly seq: number; readonly fields: JsonObject }): Content => {
  const { fields, version } = piece;
  const names = differingContent(fields, seen.fields);
  const edit = { ...editOf(piece, names), modifiedAt: fields.modifiedAt ?? null, version };
  return { op: 'patch', base: seen.seq, was: pick(seen.fields, names), fields: edit };
};

/**
 * Keeps what differs as conflicts and leaves the piece as it is; but its version rises above the one that was sent, because
 * a device takes content with a greater version only.
 */
const toConflicts = (piece: UploadedPiece, row: Row): readonly Write[] => {
  const here = { collection: 'pieces', id: row.id, at: piece.editedAt };
  const kept = identified(PREFIX, { ...here, op: 'patch', base: 1, epoch: UNKNOWN_EPOCH, fields: editOf(piece, CONTENT) });
  const now = fieldsOf(row);
  if (versionIn(now) > piece.version) return [kept];
  const modifiedAt = new Date(Date.parse(String(now.modifiedAt)) + 1).toISOString();
  const fields = { modifiedAt, version: piece.version };
  return [kept, identified('pieces-version', { ...here, op: 'patch', base: row.seq, fields })];
};

/** The mutations that an upload comes to; none for the repeat of a piece that was deleted since and says nothing new. */
const planOne = async (call: Call, { recordId, row, isDoubtful }: Upload, piece: UploadedPiece): Promise<readonly Write[]> => {
  const here = { collection: 'pieces', id: recordId, at: piece.editedAt };
  if (row?.deleted && hasSameContent(fieldsOf(row), piece.fields)) return [];
  const seen = row === undefined || row.deleted ? 'nothing' : isDoubtful ? 'unknown' : await seenState(call, row, piece.version);
  if (seen === 'unknown' && row !== undefined) return toConflicts(piece, row);
  if (typeof seen === 'object') return [identified(PREFIX, { ...here, ...toEdit(piece, seen) })];
  const version = row?.deleted ? Math.max(piece.version, versionIn(fieldsOf(row))) : piece.version;
  return [identified(PREFIX, { ...here, op: 'put', base: 0, fields: { ...piece.fields, version } })];
};

/**
 * Stores uploads as edits of just what each device changed: the engine merges them with what it had not seen. An upload that is
 * not sound is refused alone.
 */
export const uploadPieces = async (
  call: Call,
  uploads: readonly Upload[],
): Promise<Result<{ readonly uploaded: readonly Uploaded[]; readonly refused: readonly Refused[] }>> => {
  const refused: Refused[] = [];
  const uploaded: Uploaded[] = [];
  const planned: { readonly piece: Uploaded; readonly writes: readonly Write[] }[] = [];
  for (const upload of uploads) {
    const piece = readUploaded(upload.sent);
    if (!piece.ok) {
      refused.push({ id: upload.sent.pieceId, code: piece.error.code, error: piece.error.message });
      continue;
    }
    const { fields, version, pieceId } = piece.value;
    const one = { pieceId, recordId: upload.recordId, fields, version };
    planned.push({ piece: one, writes: await planOne(call, upload, piece.value) });
  }
  const applied = await applyChunks(
    call,
    planned.flatMap(({ writes }) => writes),
  );
  if (!applied.ok) return applied;
  for (const { piece, writes } of planned) {
    const rejection = writes.map(({ mutationId }) => applied.value.get(mutationId)).find((one) => one !== undefined);
    if (rejection === undefined) uploaded.push(piece);
    else refused.push({ id: piece.pieceId, code: rejection.code, error: rejection.message });
  }
  return ok({ uploaded, refused });
};
