import { describe } from 'vitest';
import { appendSuite } from './append.suite.ts';
import type { Open } from './build.ts';
import { clientsSuite } from './clients.suite.ts';
import { compactionSuite } from './compaction.suite.ts';
import { logSuite } from './log.suite.ts';
import { movingSuite } from './moving.suite.ts';
import { openingSuite } from './opening.suite.ts';
import { querySuite } from './query.suite.ts';
import { recordsSuite } from './records.suite.ts';
import { spacesSuite } from './spaces.suite.ts';

/**
 * Registers the tests that every storage must pass. `open` gives an empty storage with the declared indexes of the
 * apps it is called with, and what closes it and clears it away.
 */
export const storageConformance = (name: string, open: Open): void => {
  describe(`${name} keeps the storage contract`, () => {
    appendSuite(open);
    logSuite(open);
    recordsSuite(open);
    spacesSuite(open);
    clientsSuite(open);
    compactionSuite(open);
    movingSuite(open);
    querySuite(open);
    openingSuite(open);
  });
};
