import { type AppDefinition, type Env, type JsonObject, PROTOCOL_VERSION } from '@tidemark/protocol';
import type { Mutation, PushAnswer } from '@tidemark/protocol/messages';
import { createEngine } from './create-engine.ts';
import type { Engine, SpaceRef } from './engine.ts';
import { createMemoryStorage } from './storage/memory-storage.ts';
import type { Storage } from './storage/storage.ts';

/** An Env whose clock the test moves and whose ids count up. */
export const createTestEnv = (): Env & { now: number } => {
  let ids = 0;
  const env = {
    now: 1_700_000_000_000,
    wall: () => env.now,
    mono: () => env.now,
    random: () => 0.5,
    uuid: () => {
      ids += 1;
      return `id-${ids}`;
    },
    setTimer: (_delayMs: number, fire: () => void) => {
      let isCancelled = false;
      void Promise.resolve().then(() => isCancelled || fire());
      return () => {
        isCancelled = true;
      };
    },
  };
  return env;
};

/** What a test says of a mutation; the rest has defaults. */
export type Sketch = Partial<Mutation> & Pick<Mutation, 'op' | 'id'>;

export interface TestClient {
  readonly clientId: string;
  /** Queues and pushes; numbers and ids are given unless the sketch has them. */
  push(...sketches: Sketch[]): Promise<PushAnswer>;
}

export interface TestBench {
  readonly engine: Engine;
  readonly storage: Storage;
  readonly env: Env & { now: number };
  readonly space: SpaceRef;
  client(clientId: string): TestClient;
  fields(collection: string, id: string): Promise<JsonObject | undefined>;
}

export const createBench = (app: AppDefinition, storage: Storage = createMemoryStorage()): TestBench => {
  const env = createTestEnv();
  const engine = createEngine({ storage, apps: [app], env });
  const space = { app: app.name, key: `${app.name}/user` };
  const client = (clientId: string): TestClient => {
    let n = 0;
    return {
      clientId,
      push: async (...sketches) => {
        const mutations = sketches.map((sketch): Mutation => {
          n = sketch.n ?? n + 1;
          return { mutationId: `${clientId}-${n}`, collection: 'notes', base: 0, at: env.now, ...sketch, n };
        });
        const answer = await engine.push(space, {
          protocolVersion: PROTOCOL_VERSION,
          clientId,
          schemaVersion: app.schemaVersion,
          mutations,
        });
        if (!answer.ok) throw new Error(`${answer.error.code}: ${answer.error.message}`);
        return answer.value;
      },
    };
  };
  const fields = async (collection: string, id: string): Promise<JsonObject | undefined> => {
    const row = await engine.get(space, collection, id);
    return row === undefined || row.deleted ? undefined : JSON.parse(row.fieldsJson);
  };
  return { engine, storage, env, space, client, fields };
};
