import { join } from 'node:path';
import { appendOf, changeRow, SPACE, spaceRow } from '@tidemark/engine/conformance';
import { expect, test } from 'vitest';
import { freshFolder, opened } from './test-env.suite.ts';

// That nothing of what was erased is left in the files is seen where it matters most: apps/browsing/erase.test.ts.

test('a storage that is closed while it sweeps up after an erasure stays closed, and the erasure stands', async () => {
  const folder = freshFolder();
  const file = join(folder.path, 'x.db');
  const storage = await opened(file);
  await storage.append(appendOf(0, [changeRow(1)]));
  const erased = storage.erase({ space: spaceRow({ appends: 2, spaceId: 'space-2' }), expectedAppends: 1 });
  await storage.close();
  expect(await erased).toBe('stored');
  await storage.close();
  await expect(storage.readSpace(SPACE)).rejects.toMatchObject({ message: expect.stringContaining('was closed') });
  const again = await opened(file);
  expect(await again.readSpace(SPACE)).toMatchObject({ spaceId: 'space-2', head: 0 });
  await again.close();
  folder.remove();
});
