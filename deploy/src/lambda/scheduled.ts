import { noPasswords } from './no-passwords.ts';
import { type OpenedFunction, once, openFunction } from './open-function.ts';
import { env, variables } from './platform/process.ts';
import { readSettings } from './settings.ts';

/** The part of a function's context that is used. */
interface RunContext {
  getRemainingTimeInMillis(): number;
}

/** What one run did. `after`: where the next may go on; absent when all spaces were looked at. */
export interface Cleaned {
  readonly spaces: number;
  readonly compacted: number;
  readonly after?: string;
}

/** Time that must be left to begin with another space. */
const MARGIN_MS = 30_000;
const SPACES_AT_ONCE = 100;

const open = once(() => openFunction({ settings: readSettings(variables), variables, env }, noPasswords));

/** A floor is raised only where that removes at least as much as stays: each compaction writes what stays of the log anew. */
const compactSpaces = async (
  { engine, storage }: OpenedFunction,
  keep: number,
  from: string | undefined,
  isTime: () => boolean,
): Promise<Cleaned> => {
  let spaces = 0;
  let compacted = 0;
  for (let after = from; isTime(); ) {
    const keys = await storage.listSpaces({ limit: SPACES_AT_ONCE, ...(after === undefined ? {} : { after }) });
    if (keys.length === 0) return { spaces, compacted };
    for (const key of keys) {
      if (!isTime()) break;
      after = key;
      spaces += 1;
      const space = await storage.readSpace(key);
      if (space === undefined || space.head - space.floor < keep * 2) continue;
      const done = await engine.compact({ app: space.app, key }, space.head - keep);
      if (done.ok) compacted += 1;
    }
    from = after;
  }
  return { spaces, compacted, ...(from === undefined ? {} : { after: from }) };
};

/**
 * Beside requests: deletions of accounts that were cut off, what has expired, and, where KEEP_CHANGES is set, compaction. Every step may
 * be cut off anywhere and goes on at the next run; `after` of the answer can be given as the event to go on from there.
 */
export const handler = async (event: { readonly after?: string }, context?: RunContext): Promise<Cleaned> => {
  const opened = await open();
  await opened.accounts?.jobs.run();
  const { keepChanges } = opened.settings;
  const isTime = () => context === undefined || context.getRemainingTimeInMillis() > MARGIN_MS;
  const cleaned = keepChanges === undefined ? { spaces: 0, compacted: 0 } : await compactSpaces(opened, keepChanges, event.after, isTime);
  opened.logger.info(cleaned, 'cleaned up');
  return cleaned;
};
