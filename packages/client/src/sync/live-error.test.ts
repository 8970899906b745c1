import { expect, it } from 'vitest';
import { createWorld } from '../simulation/world.suite.ts';

it('a stream that ends with an error is asked about, and not opened again and again at once', async () => {
  const world = createWorld();
  const env = world.env();
  let opened = 0;
  const client = await world.open({
    live: true,
    debounceMs: 0,
    env: {
      ...env,
      stream: async () => {
        opened += 1;
        async function* chunks(): AsyncGenerator<string> {
          yield 'event: error\ndata: {}\n\n';
        }
        return { status: 200, chunks: chunks(), close: () => undefined };
      },
    },
  });
  await world.until(() => client.status().state === 'synced');
  await world.engine.erase({ app: 'notes', key: 'notes/alice' });
  await world.until(() => client.status().error?.code === 'SPACE_ERASED', 60_000);
  expect(client.status().state).toBe('error');
  expect(opened).toBeLessThan(10);
});
