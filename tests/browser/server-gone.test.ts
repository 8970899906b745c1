import { test } from 'vitest';
import { useTwoPanes } from './two-panes.ts';

// The browser itself reports each request that a stopped server does not answer, and the 409 of the emptied one.
const panes = useTwoPanes({
  expected: /ERR_CONNECTION_REFUSED|ERR_INCOMPLETE_CHUNKED_ENCODING|ERR_CONNECTION_RESET|ERR_EMPTY_RESPONSE|409/,
});

test('after the demo was emptied, each pane says so and starts over with an empty store, when told to', async () => {
  const { left, right, page, server } = panes();
  await left.add('Old');
  await right.task('Old').waitFor();
  await server.restartEmpty();
  await page.reload();
  for (const pane of [left, right]) {
    await pane.waitForStatus('Error');
    await pane.task('Old').waitFor();
    await pane.frame.getByRole('button', { name: 'Start over with an empty store' }).click();
    await pane.frame.getByText('No tasks yet').waitFor();
    await pane.waitForStatus('Synced');
  }
  await left.add('New');
  await right.task('New').waitFor();
});
