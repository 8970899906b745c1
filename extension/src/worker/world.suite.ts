import type { ClientEnv, ClientStore, HttpRequest, HttpResponse } from '@tidemark/client';
import { createMemoryTokens } from '@tidemark/client/account';
import { createMemoryStore } from '@tidemark/client/memory';
import { isJsonObject, type Json, type JsonObject } from '@tidemark/protocol';
import type { BrowserEvent } from '../recorder/browser-event.ts';
import { type BrowserPort, FIRST_SETTINGS, type Seen, type Settings } from './browser-port.ts';
import { type Controller, createController } from './controller.ts';

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

export const createWorld = async () => {
  const disk = createMemoryStore(true);
  const server = createServer();
  const tokens = createMemoryTokens();
  await tokens.write({ accessToken: token(), refreshToken: 'r', expiresAt: Number.MAX_SAFE_INTEGER, user: {} });
  let settings: Settings = { ...FIRST_SETTINGS, excluded: ['secret.example'], owner: OWNER };
  let seen: Seen | null = null;
  let now = 0;
  let look: BrowserEvent<'snapshot'> | null = null;
  let network: Network = 'up';
  let death: Death | null = null;
  let writes = 0;
  let ids = 0;
  /** Answers that are on their way. */
  let held: (() => void)[] = [];
  let onHeld: () => void = () => undefined;
  let slowSync: Promise<void> | null = null;

  const nextDeath = (): Death | null => {
    writes += 1;
    if (death === null || writes < death.atWrite) return null;
    const fatal = death;
    death = null;
    return fatal;
  };
  const http = async (request: HttpRequest): Promise<HttpResponse> => {
    if (network === 'down') throw new Error('offline');
    const text = JSON.stringify(server.http(request));
    if (network === 'deaf') throw new Error('the connection was cut');
    if (network === 'slow') {
      await new Promise<void>((resolve) => {
        held.push(resolve);
        onHeld();
      });
    }
    return { status: 200, header: () => null, text: async () => text };
  };
  const env: ClientEnv = {
    ...{ wall: () => now, mono: () => now, random: () => 0.5, http },
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
  const browser: BrowserPort = {
    session: async () => look?.session ?? '',
    look: async () => ({ tabs: look?.tabs ?? [], focused: look?.focused ?? null, idle: look?.idle ?? 'active' }),
    readSettings: async () => settings,
    writeSettings: async (next) => {
      settings = next;
    },
    readSeen: async () => seen,
    writeSeen: async (next) => {
      seen = next;
    },
    setAlarms: async () => undefined,
    showBadge: async () => undefined,
    tellPages: () => undefined,
  };
  let life: Life = { dead: false };
  const begin = (): Controller => {
    const own: Life = { dead: false };
    life = own;
    return createController({
      env,
      browser,
      tokens,
      openStore: async () => mortal({ ...disk, close: async () => undefined }, own, nextDeath),
    });
  };
  let worker = begin();
  /** Does something with the worker; where it dies over it, another one starts and looks around, as the browser has it. */
  const living = async (act: (worker: Controller) => Promise<unknown>): Promise<void> => {
    await act(worker).catch(() => undefined);
    while (life.dead) {
      worker = begin();
      await worker.lookAgain().catch(() => undefined);
    }
  };
  /** Lets the answers arrive, and the network be as usual. */
  const arrive = async (): Promise<void> => {
    network = 'up';
    for (const release of held) release();
    held = [];
    await slowSync;
    slowSync = null;
  };
  return {
    server,
    /** Hears an event in the browser that `world` shows. */
    hear: async (event: BrowserEvent, world: BrowserEvent<'snapshot'>): Promise<void> => {
      look = world;
      now = event.at;
      const paused = !world.rules.recording;
      if (settings.paused !== paused) await living((controller) => controller.change({ paused }));
      else await living((controller) => (event.kind === 'snapshot' ? controller.lookAgain() : controller.hear(event)));
      if (settings.paused !== paused) await living((controller) => controller.change({ paused }));
      await arrive();
    },
    sync: async (how: Network): Promise<void> => {
      if (how === 'slow') {
        network = how;
        const isHeld = new Promise<void>((resolve) => {
          onHeld = resolve;
        });
        slowSync ??= living((controller) => controller.sync());
        return Promise.race([isHeld, slowSync]);
      }
      await arrive();
      network = how;
      await living((controller) => controller.sync());
    },
    /** The worker is stopped while it has nothing to do. */
    stop: (): void => {
      worker = begin();
    },
    dieAt: (next: Death): void => {
      death = next;
      writes = 0;
    },
    worker: () => worker,
    kept: async () => (await worker.desk()).signedIn?.kept,
  };
};
