import { type JsonObject, type Result, upcastFields } from '@tidemark/protocol';
import type { HistoryAnswer } from '@tidemark/protocol/messages';
import type { Written } from './client.ts';
import { editsOf, writeOne } from './collection-handle.ts';
import { refuseAbout } from './refuse-about.ts';
import type { Session } from './session.ts';
import { isHistoryAnswer } from './sync/answers.ts';
import { collectionOf } from './view/view.ts';

/** The states of a record, newest first, from the server; with `before` only the last one up to that seq. */
export const fetchHistory = async (session: Session, collection: string, id: string, before?: number): Promise<Result<HistoryAnswer>> => {
  if (!session.isOnline()) return refuseAbout('UNAVAILABLE', 'offline');
  const query = { collection, id, ...(before !== undefined && { before: String(before), limit: '1' }) };
  return session.calls.ask(`/sync/history?${new URLSearchParams(query)}`, isHistoryAnswer);
};

/** Brings a record back to how it was at `seq`: an edit of how it is now. */
export const restoreRecord = async (session: Session, collection: string, id: string, seq: number): Promise<Result<Written>> => {
  const { app, env } = session;
  const found = await fetchHistory(session, collection, id, seq);
  if (!found.ok) return found;
  const definition = collectionOf(app, collection);
  if (definition === undefined) return refuseAbout('UNKNOWN_COLLECTION', collection);
  const { entries, compacted } = found.value;
  const entry = entries[0];
  if (entry === undefined) return refuseAbout(compacted ? 'HISTORY_COMPACTED' : 'RECORD_NOT_FOUND', `${id} @ ${seq}`);
  const write = editsOf(env.uuid, collection, (edit) => writeOne(session, edit));
  if (entry.deleted || entry.fields === undefined) return write.delete(id);
  const raised = upcastFields(app, definition, entry.fields, entry.schemaVersion);
  if (!raised.ok) return raised;
  const fields: JsonObject = Object.fromEntries(Object.entries(raised.value).filter(([field]) => !definition.fields[field]?.derived));
  return write.put(fields, id);
};
