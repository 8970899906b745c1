import type { Page } from 'playwright-core';
import { expect, test } from 'vitest';
import { downloadFrom } from './chromium.ts';
import { useTwoPanes } from './two-panes.ts';

const panes = useTwoPanes({ expected: /422/ });

/** Answers as a server does that refuses this one request for good; a `void` goes through. */
const refusePushesOf = (page: Page, title: string) =>
  page.route('**/sync/push', async (route) => {
    const poisoned = route.request().postData()?.includes(title);
    if (!poisoned) return route.continue();
    const error = { code: 'VALIDATION_FAILED', message: 'title: is not allowed here', correlationId: 'test' };
    await route.fulfill({ status: 422, contentType: 'application/json', body: JSON.stringify({ error }) });
  });

test('a change that the server refuses is parked: shown, exported, tried again, discarded; the others go on', async () => {
  const { left, right, page } = panes();
  await refusePushesOf(page, 'Poison');
  await right.setOffline(true);
  await right.add('Before');
  await right.add('Poison');
  await right.add('After');
  await right.setOffline(false);
  await left.task('Before').waitFor();
  await left.task('After').waitFor();
  await right.frame.getByText('Outbox empty').waitFor();

  await right.frame.getByRole('button', { name: 'Parked: 1' }).click();
  const card = right.frame.getByRole('article', { name: 'Save Poison' });
  await card.getByText('title: is not allowed here').waitFor();
  const exported = await downloadFrom(page, () => card.getByRole('button', { name: 'Export' }).click());
  expect(exported).toMatchObject({ mutation: { fields: { title: 'Poison' } }, error: { code: 'VALIDATION_FAILED' } });

  await page.unrouteAll();
  await card.getByRole('button', { name: 'Try again' }).click();
  await right.frame.getByText('Nothing is parked').waitFor();
  await left.task('Poison').waitFor();
});

test('a parked change can be discarded, and only by two clicks', async () => {
  const { right, page } = panes();
  await refusePushesOf(page, 'Poison');
  await right.add('Poison');
  await right.frame.getByRole('button', { name: 'Parked: 1' }).click();
  const card = right.frame.getByRole('article', { name: 'Save Poison' });
  await card.getByRole('button', { name: 'Discard', exact: true }).click();
  await card.getByRole('button', { name: 'Discard for good' }).click();
  await right.frame.getByText('Nothing is parked').waitFor();
});
