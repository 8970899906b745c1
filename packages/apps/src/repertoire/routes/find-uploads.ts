import type { Call } from '@tidemark/server/rest';
import { versionIn } from '../version.ts';
import { type Changes, changedJustBefore, type Row } from './changes.ts';
import type { LogPlace } from './sync-times.ts';
import { cameOutAsSent, type Refused, type Upload } from './upload-pieces.ts';
import { fieldsOf, hasSameContent, readSent, type SentPiece } from './wire-piece.ts';

/** Changes of the log that are looked through for edits that a device made while its last request ran. */
const LOOKED_BACK = 100;

/** The pieces of a request by their ids in lower case, as devices may spell an id otherwise than its record does. */
export interface SentPieces {
  readonly byKey: ReadonlyMap<string, SentPiece>;
  readonly refused: readonly Refused[];
}

export const keyOf = (id: string): string => id.toLowerCase();

/** Of two pieces with one id the first counts. */
export const readAllSent = (values: readonly unknown[]): SentPieces => {
  const byKey = new Map<string, SentPiece>();
  const refused: Refused[] = [];
  for (const value of values) {
    const sent = readSent(value);
    if (sent === undefined) refused.push({ id: null, code: 'VALIDATION_FAILED', error: 'A piece is an object with a pieceId.' });
    else if (byKey.has(keyOf(sent.pieceId)))
      refused.push({ id: sent.pieceId, code: 'INVALID_ID', error: `${sent.pieceId} stands in this request before.` });
    else byKey.set(keyOf(sent.pieceId), sent);
  }
  return { byKey, refused };
};

/** The record that an id means, as it is: of that spelling, or in upper or lower case. */
export const recordOf = async ({ services, space }: Call, collection: string, id: string): Promise<Row | undefined> => {
  for (const spelling of new Set([id, id.toUpperCase(), id.toLowerCase()])) {
    const row = await services.engine.get(space, collection, spelling);
    if (row !== undefined) return row;
  }
  return undefined;
};

const toUpload = (sent: SentPiece, row: Row | undefined, isDoubtful = false): Upload => ({
  sent,
  recordId: row?.id ?? sent.pieceId,
  row,
  isDoubtful,
});

/**
 * An edit in a piece that the device calls unmodified, against the state that it had: made while its last request ran, whose answer
 * then took the mark away; or of a version that this server does not know any more, as after a restore.
 */
const unmarkedEdit = async (call: Call, sent: SentPiece, state: Row): Promise<Upload | undefined> => {
  const version = versionIn(sent.value);
  const known = versionIn(fieldsOf(state));
  if (state.deleted || version < known || hasSameContent(fieldsOf(state), sent.value)) return undefined;
  const change = await call.services.engine.change(call.space, state.seq);
  const isSure = version === known && change !== undefined && (await cameOutAsSent(call, change.mutationId));
  return toUpload(sent, await recordOf(call, 'pieces', sent.pieceId), !isSure);
};

/**
 * What of a sync is to be stored: the pieces that are marked as modified, and edits whose mark was lost. Those are sought among
 * the newest changes that the device had seen; among all pieces where it is not known what it had.
 */
export const findUploads = async (
  call: Call,
  { byKey }: SentPieces,
  changes: Changes,
  place: LogPlace | undefined,
): Promise<readonly Upload[]> => {
  const uploads: Upload[] = [];
  for (const sent of byKey.values()) {
    if (sent.isModified) uploads.push(toUpload(sent, await recordOf(call, 'pieces', sent.pieceId)));
  }
  const states =
    place === undefined || changes.isWhole() ? changes.rows.values() : await changedJustBefore(call, 'pieces', place, LOOKED_BACK);
  for (const state of states) {
    const sent = byKey.get(keyOf(state.id));
    const upload = sent === undefined || sent.isModified ? undefined : await unmarkedEdit(call, sent, state);
    if (upload !== undefined) uploads.push(upload);
  }
  return uploads;
};

/** All pieces of a request as uploads. */
export const uploadAll = async (call: Call, { byKey }: SentPieces): Promise<readonly Upload[]> => {
  const uploads: Upload[] = [];
  for (const sent of byKey.values()) uploads.push(toUpload(sent, await recordOf(call, 'pieces', sent.pieceId)));
  return uploads;
};
