import type { JsonObject } from '@tidemark/protocol';
import type { Call } from '@tidemark/server/rest';
import { VERSION_STEP, versionIn } from '../version.ts';
import type { Row } from './changes.ts';
import { fieldsOf } from './wire-piece.ts';

/**
 * The state of a piece that a device's edit stands on.
 * 'nothing': the device made the piece itself. 'unknown': no state of this log leads to the version it sent.
 */
export type SeenState = { readonly seq: number; readonly fields: JsonObject } | 'nothing' | 'unknown';

const HISTORY_PAGE = 20;

/** More edits than VERSION_STEP between two syncs cannot be told from the states that follow. */
const isNear = (version: number, received: number): boolean => version - received < VERSION_STEP;

/**
 * Which state had the device that sends a piece with this version? Versions of states lie VERSION_STEP apart, so it is the newest
 * one whose version is not above, whatever times the device sends. Looks at the record as it is first, then at its history.
 */
export const seenState = async (call: Call, row: Row, version: number): Promise<SeenState> => {
  for (let before: number | undefined = row.seq; before !== undefined; ) {
    const now = before === row.seq && !row.deleted ? fieldsOf(row) : undefined;
    if (now !== undefined && versionIn(now) <= version) return isNear(version, versionIn(now)) ? { seq: row.seq, fields: now } : 'unknown';
    const of = { collection: 'pieces', id: row.id, before, limit: HISTORY_PAGE };
    const page: Awaited<ReturnType<Call['services']['engine']['history']>> = await call.services.engine.history(call.space, of);
    if (!page.ok) return 'unknown';
    const found = page.value.entries.find(({ fields }) => fields !== undefined && versionIn(fields) <= version);
    if (found?.fields !== undefined) {
      return isNear(version, versionIn(found.fields)) ? { seq: found.seq, fields: found.fields } : 'unknown';
    }
    if (page.value.compacted) return 'unknown';
    before = page.value.nextBefore;
  }
  return 'nothing';
};
