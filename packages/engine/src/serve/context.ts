import type { AppDefinition, Env } from '@tidemark/protocol';
import type { SpaceRef } from '../engine.ts';
import type { SpaceQueues } from '../space/space-queue.ts';
import type { SpaceRow, Storage } from '../storage/storage.ts';

/** What every serving function has at hand. */
export interface Serving {
  readonly storage: Storage;
  readonly env: Env;
  readonly apps: ReadonlyMap<string, AppDefinition>;
  readonly queues: SpaceQueues;
  /** The row of a space; makes it where there is none yet. */
  ensureSpace(space: SpaceRef): Promise<SpaceRow>;
}
