import { expect, test } from 'vitest';
import { etagOf, ifMatchHolds, ifNoneMatchHolds } from './etag.ts';

test.each<[string, number, boolean]>([
  ['"3"', 3, true],
  ['"2", "3"', 3, true],
  ['*', 3, true],
  [' * ', 3, true],
  ['"2"', 3, false],
  ['W/"3"', 3, false],
  ['3', 3, false],
  ['"3', 3, false],
  ['', 3, false],
  ['"33"', 3, false],
])('If-Match: %s against revision %i', (header, revision, holds) => expect(ifMatchHolds(header, revision)).toBe(holds));

test.each<[string | undefined, boolean]>([
  ['"3"', true],
  ['W/"3"', true],
  ['"1", W/"3"', true],
  ['*', true],
  ['"4"', false],
  [undefined, false],
  ['nonsense', false],
])('If-None-Match: %s against revision 3', (header, holds) => expect(ifNoneMatchHolds(header, etagOf(3))).toBe(holds));
