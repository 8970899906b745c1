import type { ClientEnv, ClientStore, HttpRequest, HttpResponse } from '@tidemark/client';
import { createMemoryTokens } from '@tidemark/client/account';
import { createMemoryStore } from '@tidemark/client/memory';
import { isJsonObject, type Json, type JsonObject } from '@tidemark/protocol';
import type { BrowserEvent } from '../recorder/browser-event.ts';
import { type BrowserPort, FIRST_SETTINGS, type Seen, type Settings } from './browser-port.ts';
import { type Controller, createController } from './controller.ts';
import type { WorkerParts } from './desk.ts';

// A worker that can die at any write, in a browser and before a server that are none: both are here only to be cut off at will. The real
// ones are in tests/browser/extension.

const OWNER = { issuer: 'test', subject: 'ann', email: 'ann@example.com' };

/** How the network treats the next requests: answers at once, after the next event, answers that are lost on the way back, none at all. */
export type Network = 'up' | 'slow' | 'deaf' | 'down';

/** When the worker dies: at its nth write from now, before or after it is stored. */
export interface Death {
  readonly atWrite: number;
  readonly stored: boolean;
}

const token = (): string => {
  const part = (value: object): string => btoa(JSON.stringify(value)).replaceAll('=', '');
  return `${part({ alg: 'none' })}.${part({ iss: OWNER.issuer, sub: OWNER.subject })}.x`;
};

/** Merges as the server does: what counts only grows, what ended stays ended. */
const merged = (known: JsonObject, sent: JsonObject): JsonObject =>
  Object.fromEntries(
    Object.entries({ ...known, ...sent }).map(([name, value]): [string, Json] => {
      const before = known[name];
      return [name, typeof before === 'number' ? Math.max(before, typeof value === 'number' ? value : 0) : value];
    }),
  );

const createServer = () => {
  const visits = new Map<string, JsonObject>();
  const aggregates = new Map<string, JsonObject>();
  const keyOf = ({ anonymousClientId, id, tabId, startTime }: JsonObject): string =>
    JSON.stringify([anonymousClientId, id ?? [tabId, startTime]]);
  const take = (into: Map<string, JsonObject>, list: Json | undefined): void => {
    if (!Array.isArray(list)) throw new Error('no list');
    if (list.length > 1_000) throw new Error('too many');
    for (const one of list.filter(isJsonObject)) into.set(keyOf(one), merged(into.get(keyOf(one)) ?? {}, one));
  };
  const http = ({ method, url, body }: HttpRequest): JsonObject => {
    const sent: unknown = JSON.parse(body ?? '{}');
    if (!isJsonObject(sent)) throw new Error('no object');
    if (method === 'DELETE') {
      visits.clear();
      aggregates.clear();
    } else if (url.endsWith('/page-visits')) take(visits, sent.visits);
    else take(aggregates, sent.aggregates);
    return { rejected: [] };
  };
  return { visits, aggregates, http };
};

/** One life of a worker. Once it is dead, nothing that it still tries reaches the store. */
interface Life {
  dead: boolean;
}

/** The store as one life sees it. */
const mortal = (store: ClientStore, life: Life, nextDeath: () => Death | null): ClientStore => {
  const alive = (): void => {
    if (life.dead) throw new Error('the worker is dead');
  };
  return {
    ...store,
    readAll: async (table) => {
      alive();
      return store.readAll(table);
    },
    read: async (table, key) => {
      alive();
      return store.read(table, key);
    },
    write: async (batch) => {
      alive();
      const death = nextDeath();
      if (death === null) return store.write(batch);
      life.dead = true;
      if (death.stored) await store.write(batch);
      throw new Error('the worker died');
    },
  };
};

/** What outlives the worker: the profile of the browser, and what there is to see in it. */
export interface Surroundings {
  settings: Settings;
  seen: Seen | null;
  now: number;
  look: BrowserEvent<'snapshot'> | null;
}

export const browserOf = (around: Surroundings): BrowserPort => ({
  session: async () => around.look?.session ?? '',
  look: async () => {
    const { tabs = [], focused = null, idle = 'active' } = around.look ?? {};
    return { tabs, focused, idle };
  },
  readSettings: async () => around.settings,
  writeSettings: async (settings) => {
    around.settings = settings;
  },
  readSeen: async () => around.seen,
  writeSeen: async (seen) => {
    around.seen = seen;
  },
  setAlarms: async () => undefined,
  showBadge: async () => undefined,
  tellPages: () => undefined,
});

export const envOf = (around: Surroundings, http: ClientEnv['http']): ClientEnv => {
  let ids = 0;
  return {
    ...{ wall: () => around.now, mono: () => around.now, random: () => 0.5, http },
    uuid: () => {
      ids += 1;
      return `id-${ids}`;
    },
    setTimer: () => () => undefined,
    stream: async () => Promise.reject(new Error('not here')),
    online: () => true,
    onOnline: () => () => undefined,
    lock: (_, task) => task(),
    channel: () => ({ post: () => undefined, close: () => undefined }),
  };
};

/** A network before a server. */
const createNetwork = (serve: (request: HttpRequest) => JsonObject) => {
  let state: Network = 'up';
  let held: (() => void)[] = [];
  let onHeld: () => void = () => undefined;
  const hold = (): Promise<void> =>
    new Promise((resolve) => {
      held.push(resolve);
      onHeld();
    });
  return {
    http: async (request: HttpRequest): Promise<HttpResponse> => {
      if (state === 'down') throw new Error('offline');
      const text = JSON.stringify(serve(request));
      if (state === 'deaf') throw new Error('the connection was cut');
      if (state === 'slow') await hold();
      return { status: 200, header: () => null, text: async () => text };
    },
    set: (next: Network): void => {
      state = next;
    },
    /** Resolves when an answer is on its way and held. */
    whenHeld: (): Promise<void> =>
      new Promise((resolve) => {
        onHeld = resolve;
      }),
    release: (): void => {
      for (const arrive of held) arrive();
      held = [];
    },
  };
};

/** Workers that live one after the other on one store, and die when they are told to. */
const createLives = (parts: Omit<WorkerParts, 'openStore'>) => {
  const disk = createMemoryStore(true);
  let death: Death | null = null;
  let writes = 0;
  let life: Life = { dead: false };
  const nextDeath = (): Death | null => {
    writes += 1;
    if (death === null || writes < death.atWrite) return null;
    const fatal = death;
    death = null;
    return fatal;
  };
  const begin = (): Controller => {
    const own: Life = { dead: false };
    life = own;
    return createController({ ...parts, openStore: async () => mortal({ ...disk, close: async () => undefined }, own, nextDeath) });
  };
  let worker = begin();
  return {
    worker: () => worker,
    /** The worker is stopped while it has nothing to do. */
    stop: (): void => {
      worker = begin();
    },
    dieAt: (next: Death): void => {
      death = next;
      writes = 0;
    },
    /** Does something with the worker; where it dies over it, another one starts and looks around, as the browser has it. */
    living: async (act: (worker: Controller) => Promise<unknown>): Promise<void> => {
      await act(worker).catch(() => undefined);
      while (life.dead) {
        worker = begin();
        await worker.lookAgain().catch(() => undefined);
      }
    },
  };
};

export const createWorld = async () => {
  const server = createServer();
  const tokens = createMemoryTokens();
  await tokens.write({ accessToken: token(), refreshToken: 'r', expiresAt: Number.MAX_SAFE_INTEGER, user: {} });
  const settings = { ...FIRST_SETTINGS, excluded: ['secret.example'], owner: OWNER };
  const around: Surroundings = { settings, seen: null, now: 0, look: null };
  const network = createNetwork(server.http);
  const lives = createLives({ env: envOf(around, network.http), browser: browserOf(around), tokens });
  let slowSync: Promise<void> | null = null;
  /** Lets the answers arrive, and the network be as usual. */
  const arrive = async (): Promise<void> => {
    network.set('up');
    network.release();
    await slowSync;
    slowSync = null;
  };
  return {
    ...{ server, stop: lives.stop, dieAt: lives.dieAt },
    /** Hears an event in the browser that `world` shows. */
    hear: async (event: BrowserEvent, world: BrowserEvent<'snapshot'>): Promise<void> => {
      Object.assign(around, { look: world, now: event.at });
      const paused = !world.rules.recording;
      const isSwitched = around.settings.paused !== paused;
      await lives.living((worker) => {
        if (isSwitched) return worker.change({ paused });
        return event.kind === 'snapshot' ? worker.lookAgain() : worker.hear(event);
      });
      await arrive();
    },
    sync: async (how: Network): Promise<void> => {
      if (how === 'slow') {
        network.set('slow');
        const isHeld = network.whenHeld();
        slowSync ??= lives.living((worker) => worker.sync());
        return Promise.race([isHeld, slowSync]);
      }
      await arrive();
      network.set(how);
      return lives.living((worker) => worker.sync());
    },
    kept: async () => (await lives.worker().desk()).signedIn?.kept,
  };
};
