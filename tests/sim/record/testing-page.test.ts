import { expect, test } from 'vitest';
import { readText } from '../platform/files.ts';
import { readRecords, TESTING_PAGE, testingPage } from './testing-page.ts';

test('docs/TESTING.md is what the records say (npm run sim -- page)', async () => {
  expect(await readText(TESTING_PAGE)).toBe(testingPage(await readRecords()));
});

test('the records hold no failed run, and no planted bug that was not found', async () => {
  const { campaign, hunts } = await readRecords();
  expect(campaign.failed).toEqual([]);
  expect(hunts.filter(({ seeds }) => seeds === null)).toEqual([]);
});
