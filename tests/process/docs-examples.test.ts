import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { openNotes } from '../../docs/examples/notes.ts';
import { serveNotes } from '../../docs/examples/serve-notes.ts';

test('the examples of the docs run, and sync', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'tidemark-example-'));
  const served = await serveNotes(folder, 0);
  const open = () => openNotes(`http://127.0.0.1:${served.port}`, 'demo', served.token);
  const first = await open();
  const second = await open();
  try {
    await first.client.sync();
    expect(await second.client.sync()).toMatchObject({ state: 'synced', pending: 0 });
    expect(second.client.collection('notes').list()).toMatchObject([
      { title: 'Tides', views: 1 },
      { title: 'Tides', views: 1 },
    ]);
  } finally {
    for (const { client, stop } of [first, second]) {
      stop();
      await client.close();
    }
    await served.close();
    await rm(folder, { recursive: true, force: true });
  }
});
