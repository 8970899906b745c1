import { type ClientEnv, createMemoryStore, type HttpRequest } from '@tidemark/client';
import type { KeptText, UploadClient } from '@tidemark/client/upload';
import { openTimeTracker, openUploadTimer } from '../client.ts';
import type { Task } from '../schema.ts';
import { openTimerServer, type StorageKind, type TimerServer } from '../timer-server.suite.ts';

// Devices of one person on one server that has, for all they know, only the upload routes.

/** What happens to one request: nothing, lost on the way there, or lost on the way back. */
export type Fate = 'pass' | 'dropRequest' | 'dropAnswer';

export interface Device {
  readonly timer: UploadClient<Task>;
  readonly storage: KeptText;
  /** Milliseconds by which this device's clock is off. */
  clockOff: number;
  /** While true no request leaves this device. */
  offline: boolean;
  /** Decides about each request; every one passes unless a test says otherwise. */
  fate: (request: HttpRequest) => Fate;
  /** No answer comes before this resolves. */
  held: Promise<void>;
  readonly requests: HttpRequest[];
  /** How long the timer waits at present, in milliseconds. */
  waits(): readonly number[];
  /** Lets everything that waits go on. */
  fire(): void;
  /** The page dies and opens again on the same storage. */
  reopen(): Device;
}

/** A localStorage in memory; `charsMax` is how many characters one text may have. */
export const createKeptText = (charsMax = Number.POSITIVE_INFINITY): KeptText => {
  const texts = new Map<string, string>();
  return {
    get length() {
      return texts.size;
    },
    key: (index) => [...texts.keys()][index] ?? null,
    getItem: (key) => texts.get(key) ?? null,
    setItem: (key, text) => {
      if (text.length > charsMax) throw new Error('QuotaExceededError');
      texts.set(key, text);
    },
    removeItem: (key) => void texts.delete(key),
  };
};

type Rules = Pick<Device, 'clockOff' | 'offline' | 'fate' | 'held'>;

/** The platform of one device, with a network that `rules` decide about and timers that only a test fires. */
const createEnv = (
  server: TimerServer,
  user: string,
  rules: Rules,
  requests: HttpRequest[],
  timers: Map<() => void, number>,
): ClientEnv => {
  let ids = 0;
  const http: ClientEnv['http'] = async (request) => {
    requests.push(request);
    const fate = rules.offline ? 'dropRequest' : rules.fate(request);
    if (fate === 'dropRequest') throw new Error('connection refused');
    const { pathname, search } = new URL(request.url);
    const response = await server.request(request.method, pathname + search, request.body, user);
    const text = await response.text();
    await rules.held;
    if (fate === 'dropAnswer') throw new Error('connection reset');
    return { status: response.status, header: (name) => response.headers.get(name), text: async () => text };
  };
  return {
    wall: () => server.clock.wall + rules.clockOff,
    mono: () => server.clock.wall,
    random: () => 1,
    uuid: () => {
      ids += 1;
      return `uuid-${ids}-${requests.length}`;
    },
    setTimer: (delayMs, fire) => {
      timers.set(fire, delayMs);
      return () => timers.delete(fire);
    },
    http,
    stream: () => Promise.reject(new Error('no stream')),
    online: () => true,
    onOnline: () => () => undefined,
    lock: (_, task) => task(),
    channel: () => ({ post: () => undefined, close: () => undefined }),
  };
};

const SERVER_ADDRESS = 'http://timer.test';

const openDevice = (server: TimerServer, storage: KeptText, user: string): Device => {
  const timers = new Map<() => void, number>();
  const requests: HttpRequest[] = [];
  const device: Omit<Device, 'timer'> = {
    storage,
    clockOff: 0,
    offline: false,
    fate: () => 'pass',
    held: Promise.resolve(),
    requests,
    waits: () => [...timers.values()],
    fire: () => {
      const due = [...timers.keys()];
      timers.clear();
      for (const fire of due) fire();
    },
    reopen: () => {
      timer.close();
      const again = openDevice(server, storage, user);
      again.clockOff = device.clockOff;
      return again;
    },
  };
  const timer = openUploadTimer({
    url: SERVER_ADDRESS,
    token: () => user,
    account: { issuer: 'test', subject: user },
    storage,
    env: createEnv(server, user, device, requests, timers),
  });
  return Object.assign(device, { timer });
};

/** A native client of the same account; it talks only while `offline` is false. */
export interface NativeDevice {
  readonly client: Awaited<ReturnType<typeof openTimeTracker>>;
  offline: boolean;
  fate: (request: HttpRequest) => Fate;
}

export interface World {
  readonly server: TimerServer;
  native(user?: string): Promise<NativeDevice>;
  device(user?: string, storage?: KeptText): Device;
}

let natives = 0;

const openNative = async (server: TimerServer, user: string): Promise<NativeDevice> => {
  const rules: Rules = { clockOff: 0, offline: false, fate: () => 'pass', held: Promise.resolve() };
  const env = createEnv(server, user, rules, [], new Map());
  natives += 1;
  const mark = natives;
  const client = await openTimeTracker({
    url: SERVER_ADDRESS,
    token: () => user,
    account: { issuer: 'test', subject: user },
    store: createMemoryStore(true),
    live: false,
    env: { ...env, uuid: () => `native-${mark}-${env.uuid()}` },
  });
  return Object.assign(rules, { client });
};

export const openWorld = async (kind: StorageKind = 'memory'): Promise<World> => {
  const server = await openTimerServer(kind);
  return {
    server,
    native: (user = 'ada') => openNative(server, user),
    device: (user = 'ada', storage = createKeptText()) => openDevice(server, storage, user),
  };
};
