import { ok, type Result } from '@tidemark/protocol';
import { answerJson, type Call, endpoint, NO_INPUT } from '@tidemark/server/rest';
import type * as z from 'zod';
import { isUuid } from '../schema.ts';
import { openChanges, type Row } from './changes.ts';
import { findUploads, keyOf, readAllSent, recordOf, type SentPieces, uploadAll } from './find-uploads.ts';
import { BODY_BYTES_MAX, type PieceAnswer, piecesAnswer, piecesBody } from './shapes.ts';
import { standingOf } from './sync-times.ts';
import { type Refused, type Uploaded, uploadPieces } from './upload-pieces.ts';
import { fieldsOf, hasSameContent, toWire } from './wire-piece.ts';

type Body = z.output<typeof piecesBody>;

/** A piece that was deleted meanwhile, as it was sent: the device is told that nothing of it is left to send. */
const gone = ({ pieceId, fields, version }: Uploaded, now: number): Row => ({
  collection: 'pieces',
  id: pieceId,
  seq: 0,
  revision: 0,
  updatedAt: now,
  schemaVersion: 1,
  deleted: false,
  fieldsJson: JSON.stringify({ ...fields, version }),
  metaJson: '{}',
});

type Lists = Pick<z.output<typeof piecesAnswer>, 'serverPieces' | 'updatedPieces'>;

/**
 * What a device is told. A piece that came out of its upload just as it was sent stands among the updated ones only; one that came
 * out otherwise stands among the server's too, because devices take content from there alone.
 */
const listsOf = async (
  call: Call,
  rows: ReadonlyMap<string, Row>,
  sent: SentPieces,
  uploaded: readonly Uploaded[],
  syncedAt: string,
): Promise<Lists> => {
  const spelling = (row: Row): string => sent.byKey.get(keyOf(row.id))?.pieceId ?? row.id;
  const wire = (row: Row): PieceAnswer => toWire(row, spelling(row), call.principal.subject, syncedAt);
  const serverRows = new Map([...rows].filter(([, row]) => !row.deleted && isUuid(row.id)));
  const updatedPieces: PieceAnswer[] = [];
  for (const one of uploaded) {
    const row = rows.get(one.recordId) ?? (await recordOf(call, 'pieces', one.recordId));
    if (row === undefined || row.deleted) {
      updatedPieces.push(wire(gone(one, call.services.env.wall())));
      continue;
    }
    updatedPieces.push(wire(row));
    if (hasSameContent(fieldsOf(row), one.fields)) serverRows.delete(row.id);
    else serverRows.set(row.id, row);
  }
  return { serverPieces: [...serverRows.values()].map(wire), updatedPieces };
};

const syncPieces = async (call: Call, { operation, pieces, lastSyncedAt }: Body): Promise<Result<z.input<typeof piecesAnswer>>> => {
  const place = await standingOf(call, lastSyncedAt);
  const changes = openChanges(call, 'pieces', place);
  const sent = readAllSent(operation === 'download' ? [] : pieces);
  const before = await changes.readOn();
  if (!before.ok) return before;
  const uploads = operation === 'upload' ? await uploadAll(call, sent) : await findUploads(call, sent, changes, place);
  const stored = await uploadPieces(call, uploads);
  if (!stored.ok) return stored;
  const { uploaded } = stored.value;
  const refused: readonly Refused[] = [...sent.refused, ...stored.value.refused];
  const settled = await changes.settle();
  if (!settled.ok) return settled;
  const syncedAt = settled.value;
  return ok({
    ...(await listsOf(call, changes.rows, sent, uploaded, syncedAt)),
    uploadedPieces: uploaded.map(({ pieceId }) => pieceId),
    ...(refused.length === 0 ? {} : { refusedPieces: refused.map(({ id, code, error }) => ({ pieceId: id, code, error })) }),
    syncedAt,
  });
};

export const piecesEndpoint = endpoint({
  ...NO_INPUT,
  method: 'POST',
  path: '/pieces',
  tag: 'Sync',
  summary: 'Sync pieces',
  description:
    'Stores what a device edited and answers what it has not seen. Different fields merge, lyrics and notes line by line; of one field ' +
    'the newer edit stands, and the other is kept in the history and the conflicts.',
  body: piecesBody,
  bodyBytesMax: BODY_BYTES_MAX,
  answers: { 200: { description: 'What was stored, and what is new', schema: piecesAnswer } },
  handle: async (call, { body }) => {
    const synced = await syncPieces(call, body);
    return synced.ok ? ok(await answerJson(call.c, synced.value)) : synced;
  },
});
