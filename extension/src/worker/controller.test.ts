import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { BrowserEvent } from '../recorder/browser-event.ts';
import { commands, play } from '../recorder/browser-model.suite.ts';
import { createWorld, type Network } from './world.suite.ts';

type Happening =
  | { readonly kind: 'stop' }
  | { readonly kind: 'sync'; readonly network: Network }
  | { readonly kind: 'die'; readonly atWrite: number; readonly stored: boolean };

/** What befalls the worker after some of the events. */
const happenings: fc.Arbitrary<readonly (Happening | null)[]> = fc.array(
  fc.option(
    fc.oneof(
      fc.record({ kind: fc.constant('stop' as const) }),
      fc.record({ kind: fc.constant('sync' as const), network: fc.constantFrom<Network>('up', 'slow', 'deaf', 'down') }),
      fc.record({ kind: fc.constant('die' as const), atWrite: fc.integer({ min: 1, max: 6 }), stored: fc.boolean() }),
    ),
    { freq: 2 },
  ),
  { minLength: 20, maxLength: 60, size: 'max' },
);

test('whatever worker, store and network do, the server has each visit once, with its times, and the totals of each tab', async () => {
  await fc.assert(
    fc.asyncProperty(commands, happenings, async (list, fates) => {
      const events: (readonly [BrowserEvent, BrowserEvent<'snapshot'>])[] = [];
      const { done } = play(list, (event, world) => events.push([event, world]));
      const world = await createWorld();
      for (const [index, [event, look]] of events.entries()) {
        await world.hear(event, look);
        const fate = fates[index % fates.length];
        if (fate?.kind === 'stop') world.stop();
        else if (fate?.kind === 'sync') await world.sync(fate.network);
        else if (fate?.kind === 'die') world.dieAt(fate);
      }
      // A death that is still to come may be met by the last syncs.
      for (let i = 0; i < 3; i += 1) await world.sync('up');
      const plain = (visits: readonly object[]) => visits.map((visit) => JSON.stringify(visit)).sort();
      const stored = [...world.server.visits.values()].map(({ tabId, url, timestamp, endedAt, activeDuration }) => {
        return { tabId, url, start: timestamp, end: endedAt, active: activeDuration };
      });
      expect(plain(stored)).toEqual(plain(done));
      expect((await world.kept())?.pending()).toBe(0);
      const active = done.reduce((sum, visit) => sum + visit.active, 0);
      const total = [...world.server.aggregates.values()].reduce((sum, { totalActiveDuration }) => sum + Number(totalActiveDuration), 0);
      expect(total).toBe(active);
    }),
    { numRuns: 300 },
  );
});
