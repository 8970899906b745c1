import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { ClientEnv, HttpRequest } from '../platform/client-env.ts';
import { createWorld, type NotesClient, shown, type World } from '../simulation/world.suite.ts';

/** What is to be awaited before a push is sent on, and after it was answered. */
interface Held {
  readonly before?: () => Promise<void>;
  readonly after?: () => Promise<void>;
}

const holding = (env: ClientEnv, hold: (mutations: readonly { readonly n: number }[]) => Held): ClientEnv => ({
  ...env,
  http: async (request: HttpRequest) => {
    if (!request.url.endsWith('/sync/push')) return env.http(request);
    const { before, after } = hold(JSON.parse(request.body ?? '{}').mutations);
    await before?.();
    const answer = await env.http(request);
    await after?.();
    return answer;
  },
});

const USER = { app: 'notes', key: 'notes/alice' };

/** A client with six notes in its outbox that goes two by two. */
const filled = async (world: World, env: ClientEnv = world.env()): Promise<NotesClient> => {
  const client = await world.open({ env, pushMutationsMax: 2 });
  await world.until(() => client.status().state === 'synced');
  client.setOnline(false);
  for (const id of ['a', 'b', 'c', 'd', 'e', 'f']) await world.during(client.collection('notes').put({ title: id }, id));
  return client;
};

/** The ids in the order of the log, each as often as it was changed. */
const logged = async (world: World): Promise<string[]> => {
  const ids: string[] = [];
  for (let seq = 1; ; seq += 1) {
    const row = await world.engine.change(USER, seq);
    if (row === undefined) return ids;
    ids.push(row.id);
  }
};

const gate = (): { readonly open: () => void; readonly opened: Promise<void> } => {
  let open = (): void => undefined;
  const opened = new Promise<void>((resolve) => {
    open = resolve;
  });
  return { open, opened };
};

const pushes = (world: World): number => world.requests.filter(({ line }) => line.endsWith('/push')).length;

describe('two pushes under way', () => {
  it('are both sent before the first is answered', async () => {
    const world = createWorld();
    const { open, opened } = gate();
    const sent: number[] = [];
    const env = holding(world.env(), (mutations) => {
      sent.push(mutations[0]?.n ?? 0);
      return mutations[0]?.n === 1 ? { after: () => opened } : {};
    });
    const client = await filled(world, env);
    client.setOnline(true);
    await world.until(() => sent.length === 2);
    await world.pass(1_000);
    expect(sent).toEqual([1, 3]);
    open();
    await world.until(() => client.status().state === 'synced' && client.status().pending === 0);
    expect(await logged(world)).toEqual(['a', 'b', 'c', 'd', 'e', 'f']);
    expect(pushes(world)).toBe(3);
  });

  it('of which the second overtakes: it is refused and sent again, and nobody takes the server for restored', async () => {
    const world = createWorld();
    const { open, opened } = gate();
    const env = holding(world.env(), (mutations) => {
      if (mutations[0]?.n === 1) return { before: () => opened };
      if (mutations[0]?.n === 3) queueMicrotask(() => void world.pass(100).then(open));
      return {};
    });
    const client = await filled(world, env);
    const { clientId } = client;
    client.setOnline(true);
    await world.until(() => client.status().state === 'synced' && client.status().pending === 0);
    expect(await logged(world)).toEqual(['a', 'b', 'c', 'd', 'e', 'f']);
    expect(client.clientId).toBe(clientId);
  });

  it.each(['dropRequest', 'dropAnswer'] as const)('of which the first has the fate %s: everything arrives once, in order', async (lost) => {
    const world = createWorld();
    const client = await filled(world);
    let left = 1;
    world.fate = ({ line, body }) => {
      const isFirst = line.endsWith('/push') && JSON.stringify(body?.mutations).includes('"n":1,');
      if (!isFirst || left === 0) return 'pass';
      left -= 1;
      return lost;
    };
    client.setOnline(true);
    await world.until(() => client.status().state === 'synced' && client.status().pending === 0);
    expect(await logged(world)).toEqual(['a', 'b', 'c', 'd', 'e', 'f']);
  });

  it('of which the first holds what the server chokes on: that one alone is parked', async () => {
    const world = createWorld();
    const client = await filled(world);
    world.fate = ({ line, body }) =>
      line.endsWith('/push') && JSON.stringify(body?.mutations).includes('"title":"b"') ? { status: 400 } : 'pass';
    client.setOnline(true);
    await world.until(() => client.status().state === 'synced' && client.status().pending === 0);
    expect(client.parked().map(({ mutation }) => mutation.id)).toEqual(['b']);
    expect(await logged(world)).toEqual(['a', 'c', 'd', 'e', 'f']);
  });

  it('keep order and apply once however they and their answers are delayed and lost (random)', { timeout: 60_000 }, async () => {
    const delays = fc.array(fc.record({ before: fc.nat(3), after: fc.nat(3), lost: fc.nat(9) }), { minLength: 1, maxLength: 12 });
    await fc.assert(
      fc.asyncProperty(fc.nat(1_000_000), delays, fc.integer({ min: 1, max: 3 }), async (seed, plan, pushMutationsMax) => {
        const world = createWorld(seed);
        let count = 0;
        const wait = (steps: number): Promise<void> => new Promise((resolve) => world.clock.setTimer(steps * 40, resolve));
        const env = holding(world.env(), () => {
          const { before = 0, after = 0, lost = 9 } = plan[count] ?? {};
          count += 1;
          if (lost === 0) throw new Error('connection refused');
          const answer = async (): Promise<void> => {
            await wait(after);
            if (lost === 1) throw new Error('connection reset');
          };
          return { before: () => wait(before), after: answer };
        });
        const client = await world.open({ env, pushMutationsMax });
        await world.until(() => client.status().state === 'synced');
        client.setOnline(false);
        const ids = Array.from({ length: 9 }, (_, i) => `${i}`);
        for (const id of ids) await world.during(client.collection('notes').put({ title: id }, id));
        client.setOnline(true);
        await world.until(() => client.status().state === 'synced' && client.status().pending === 0);
        expect(await logged(world)).toEqual(ids);
        expect(shown(client)).toHaveLength(ids.length);
        await client.close();
      }),
      { numRuns: 60 },
    );
  });
});
