import type { TrafficWatch } from '../network/way.ts';
import type { Context } from '../world/context.ts';
import type { DiskWatch } from '../world/disk.ts';
import type { Stored } from '../world/keeper.ts';
import { createLogCheck } from './log-check.ts';
import { asMutation, contentTextOf, createMemory, hasContentOf, type Memory } from './memory.ts';
import { createTrafficCheck } from './traffic-check.ts';

/** Watches a world from outside, and holds what it sees against the invariants of RELIABILITY 4.4. */
export interface Oracle {
  readonly memory: Memory;
  /** What a device's store is watched with. */
  disk(device: string, user: string): DiskWatch;
  readonly traffic: TrafficWatch;
  read(stored: readonly Stored[]): void;
  restart(stored: readonly Stored[]): void;
  /** The write has returned success; false where nothing was queued for it, as for an edit that changes nothing. */
  confirm(mutationId: string): boolean;
  /** A person discards it from the parked list, or retries it as another mutation. */
  letGo(mutationId: string): void;
  /** Excuses every mutation that no store holds any more and the server did not accept. */
  excuse(why: string, holds: (mutationId: string) => boolean): void;
  /** Made by the server or an import, not by a client. */
  allow(mutationId: string): void;
}

const watchDisk = ({ violate }: Context, { issued }: Memory, device: string, user: string): DiskWatch => {
  const acknowledged = new Set<string>();
  let loads = 0;
  return {
    onPut: (table, key, value, before) => {
      if (table === 'records') {
        const old = before();
        if (old !== undefined && Number(old.seq) > Number(value.seq))
          violate('I10', `${device} replaced ${key} at ${Number(old.seq)} by ${Number(value.seq)}`);
      }
      if (table === 'journal') acknowledged.add(key);
      const mutation = table === 'outbox' ? asMutation(value.mutation) : undefined;
      if (mutation === undefined) return;
      const known = issued.get(mutation.mutationId);
      if (known === undefined) {
        const states = { confirmed: false, excused: undefined, letGo: false, discarded: false };
        const storeLife = `${device}/${loads}`;
        const about = { content: contentTextOf(mutation), user, device, storeLife, order: issued.size };
        issued.set(mutation.mutationId, { mutation, ...about, ...states });
      } else if (!hasContentOf(known, mutation)) violate('I3', `mutation ${mutation.mutationId} was changed after it was queued`);
      else if (acknowledged.has(key) && mutation.healed === undefined && before() === undefined)
        violate('I3', `${device} offers ${key} again, which was acknowledged, without where it stood`);
    },
    onDelete: (table, key) => {
      const known = table === 'parked' ? issued.get(key) : undefined;
      if (known?.letGo) known.discarded = true;
    },
    onLoad: () => {
      loads += 1;
      acknowledged.clear();
    },
  };
};

export const createOracle = (context: Context, users: readonly string[]): Oracle => {
  const memory = createMemory();
  const { issued, receipts } = memory;
  const traffic = createTrafficCheck(context, memory, users);
  const log = createLogCheck(context, memory, traffic.restart);
  return {
    memory,
    disk: (device, user) => watchDisk(context, memory, device, user),
    traffic,
    read: log.read,
    restart: (stored) => {
      traffic.restart();
      log.restart(stored);
    },
    confirm: (mutationId) => {
      const one = issued.get(mutationId);
      if (one !== undefined) one.confirmed = true;
      return one !== undefined;
    },
    letGo: (mutationId) => {
      const one = issued.get(mutationId);
      if (one !== undefined) one.letGo = true;
    },
    excuse: (why, holds) => {
      for (const [mutationId, one] of issued)
        if (one.excused === undefined && (receipts.get(mutationId) ?? 'rejected') === 'rejected' && !holds(mutationId)) {
          one.excused = why;
          context.sometimes.hit(`edit lost for good by ${why}`);
        }
    },
    allow: (mutationId) => void memory.foreign.add(mutationId),
  };
};
