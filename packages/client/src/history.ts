import { type JsonObject, type Result, refuse, upcastFields } from '@tidemark/protocol';
import type { HistoryAnswer } from '@tidemark/protocol/messages';
import type { Written } from './client.ts';
import { editsOf, writeOne } from './collection-handle.ts';
import type { Session } from './session.ts';
import { isHistoryAnswer } from './sync/answers.ts';
import { collectionOf } from './view/view.ts';

/** The states of a record, newest first, from the server; with `before` only the last one up to that seq. */
export const fetchHistory = async (session: Session, collection: string, id: string, before?: number): Promise<Result<HistoryAnswer>> => {
  if (!session.isOnline()) return refuse('UNAVAILABLE', 'The history is at the server, and this client is offline');
  const query = { collection, id, ...(before !== undefined && { before: String(before), limit: '1' }) };
  return session.calls.ask(`/sync/history?${new URLSearchParams(query)}`, isHistoryAnswer);
};

/** Brings a record back to how it was at `seq`: an edit of how it is now. */
export const restoreRecord = async (session: Session, collection: string, id: string, seq: number): Promise<Result<Written>> => {
  const { app, env } = session;
  const found = await fetchHistory(session, collection, id, seq);
  if (!found.ok) return found;
  const definition = collectionOf(app, collection);
  if (definition === undefined) return refuse('UNKNOWN_COLLECTION', `The app declares no collection ${collection}`);
  const { entries, compacted } = found.value;
  const entry = entries[0];
  if (entry === undefined)
    return compacted
      ? refuse('HISTORY_COMPACTED', `The history of ${id} no longer reaches back to ${seq}`)
      : refuse('RECORD_NOT_FOUND', `There was no record ${id} at ${seq}`);
  const write = editsOf(env.uuid, collection, (edit) => writeOne(session, edit));
  if (entry.deleted || entry.fields === undefined) return write.delete(id);
  const raised = upcastFields(app, definition, entry.fields, entry.schemaVersion);
  if (!raised.ok) return raised;
  const fields: JsonObject = Object.fromEntries(Object.entries(raised.value).filter(([field]) => !definition.fields[field]?.derived));
  return write.put(fields, id);
};
