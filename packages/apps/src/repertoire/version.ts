import type { JsonObject } from '@tidemark/protocol';

/**
 * The app's devices send back one number with each piece: the `version` they received, plus one for each edit since. So
 * it tells which state was edited, if the versions of states lie further apart than the edits between two syncs.
 */
export const VERSION_STEP = 1_000;

/** The version of the state after `previous`: above any that was sent, and at least VERSION_STEP above the one before. */
export const nextVersion = (previous: number, sent: number): number =>
  Math.max(Math.ceil(previous / VERSION_STEP) + 1, Math.floor(sent / VERSION_STEP) + 1) * VERSION_STEP;

/** The `version` among fields; 0 where there is none. */
export const versionIn = ({ version }: JsonObject): number =>
  typeof version === 'number' && Number.isSafeInteger(version) && version > 0 ? version : 0;
