import { ok, type Result, refuse } from '@tidemark/protocol';
import type { Call } from '../sync/call.ts';
import { liveRecord, type State } from './write.ts';

/** A create that came before under the same key. */
export interface Earlier {
  readonly id: string;
  /** The clock of its write; undefined where the log no longer tells it. */
  readonly at: number | undefined;
  /** The record as it was made, or as it is where the log no longer tells. */
  readonly state: State | undefined;
}

/** Keys of requests that are under way in this process. */
export interface KeysUnderWay {
  /** Runs `work` alone under its key. IDEMPOTENCY_IN_PROGRESS where another request with it is under way. */
  hold<T>(call: Call, key: string, work: () => Promise<Result<T>>): Promise<Result<T>>;
}

export const createKeysUnderWay = (): KeysUnderWay => {
  const held = new Set<string>();
  return {
    hold: async (call, key, work) => {
      const name = `${call.space.key}\u0000${key}`;
      if (held.has(name)) return refuse('IDEMPOTENCY_IN_PROGRESS', 'A request with this Idempotency-Key is still under way.');
      held.add(name);
      try {
        return await work();
      } finally {
        held.delete(name);
      }
    },
  };
};

/** The create that a key stood for before. IDEMPOTENCY_KEY_REUSED where it was something else. */
export const earlierCreate = async (call: Call, collection: string, key: string): Promise<Result<Earlier | undefined>> => {
  const { engine } = call.services;
  const receipt = await engine.receipt(call.space, key);
  if (receipt === undefined) return ok(undefined);
  if (receipt.collection !== collection || receipt.verdict === 'rejected') return keyReused();
  const change = await engine.change(call.space, receipt.seq);
  if (change?.mutationId === key && change.fieldsJson !== null) {
    return ok({ id: receipt.id, at: change.at, state: { ...change, fieldsJson: change.fieldsJson } });
  }
  return ok({ id: receipt.id, at: undefined, state: await liveRecord(call, collection, receipt.id) });
};

export const keyReused = (): Result<never> =>
  refuse('IDEMPOTENCY_KEY_REUSED', 'This Idempotency-Key came before with another request. Take a new key.');
