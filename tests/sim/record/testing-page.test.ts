import { expect, test } from 'vitest';
import { readText } from '../platform/files.ts';
import { readRecords, TESTING_PAGE, testingPage } from './testing-page.ts';

test('docs/TESTING.md says what the records in docs/testing say; `npm run sim -- page` writes it', async () => {
  expect(await readText(TESTING_PAGE)).toBe(testingPage(await readRecords()));
});
