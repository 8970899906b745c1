import type { ClientEnv, HttpRequest } from '@tidemark/client';
import type { KeptText } from '@tidemark/client/upload';
import { createKeptText } from '../../time-tracker/client/upload-world.suite.ts';
import { type AuthenticationService, configurationOf, createAuthenticationService, type GoogleSignIn, openSyncService } from '../client.ts';
import type { RepertoireServer } from '../repertoire-server.suite.ts';
import type { SyncService } from './sync-service.ts';

// A device with this package's own client, on the real server. Only Google's sign-in on the platform and the network are stand-ins.

export type Fate = 'pass' | 'dropRequest' | 'dropAnswer';

export interface ClientDevice {
  readonly service: SyncService;
  readonly authentication: AuthenticationService;
  readonly storage: KeptText;
  readonly requests: HttpRequest[];
  /** Decides about each request; every one passes unless a test says otherwise. */
  fate: (request: HttpRequest) => Fate;
  /** The platform's word; setting it tells the client. */
  setOnline(online: boolean): void;
  /** How long the timers that run now wait, in milliseconds. */
  waits(): readonly number[];
  /** Lets every timer fire. */
  fire(): void;
  /** The page dies and opens again on the same storage. */
  reopen(): Promise<ClientDevice>;
}

export const URL_OF_APP = 'http://127.0.0.1:8787';

/** Google on this platform, where everybody's token is their name. */
export const signInAs = (name: string): GoogleSignIn => ({
  signIn: async () => name,
  refresh: async () => name,
  signOut: async () => undefined,
});

interface Network {
  fate: (request: HttpRequest) => Fate;
  online: boolean;
}

const createEnv = (
  server: RepertoireServer,
  network: Network,
  requests: HttpRequest[],
  timers: Map<() => void, number>,
  onlineListeners: Set<(online: boolean) => void>,
): ClientEnv => ({
  wall: () => server.clock.wall,
  mono: () => server.clock.wall,
  random: () => 0.5,
  uuid: () => crypto.randomUUID(),
  setTimer: (delayMs, fire) => {
    timers.set(fire, delayMs);
    return () => timers.delete(fire);
  },
  http: async (request) => {
    requests.push(request);
    const fate = network.online ? network.fate(request) : 'dropRequest';
    if (fate === 'dropRequest') throw new Error('connection refused');
    const token = (request.headers.authorization ?? '').replace(/^Bearer /, '');
    const response = await server.request(request.method, new URL(request.url).pathname, request.body, token);
    const text = await response.text();
    if (fate === 'dropAnswer') throw new Error('connection reset');
    return { status: response.status, header: (name) => response.headers.get(name), text: async () => text };
  },
  stream: () => Promise.reject(new Error('no stream')),
  online: () => network.online,
  onOnline: (listener) => {
    onlineListeners.add(listener);
    return () => onlineListeners.delete(listener);
  },
  lock: (_, task) => task(),
  channel: () => ({ post: () => undefined, close: () => undefined }),
});

interface Wish {
  readonly storage?: KeptText;
  readonly google?: GoogleSignIn;
  readonly url?: string;
  /** Without: signed in already. */
  readonly signedOut?: boolean;
}

export const openClientDevice = async (server: RepertoireServer, wish: Wish = {}): Promise<ClientDevice> => {
  const { storage = createKeptText(), google = signInAs('ada'), url = URL_OF_APP } = wish;
  const network: Network = { fate: () => 'pass', online: true };
  const requests: HttpRequest[] = [];
  const timers = new Map<() => void, number>();
  const listeners = new Set<(online: boolean) => void>();
  const env = createEnv(server, network, requests, timers, listeners);
  const configuration = configurationOf('test', url);
  if (!configuration.ok) throw new Error(configuration.error.message);
  const authentication = createAuthenticationService({ google, url, env });
  if (wish.signedOut !== true) {
    const signedIn = await authentication.signIn();
    if (!signedIn.ok) throw new Error(signedIn.error.message);
    requests.length = 0;
  }
  const service = openSyncService({ configuration: configuration.value, authentication, userId: 'ada', storage, env });
  return Object.assign(network, {
    ...{ service, authentication, storage, requests },
    setOnline: (online: boolean) => {
      network.online = online;
      for (const listener of listeners) listener(online);
    },
    waits: () => [...timers.values()],
    fire: () => {
      const due = [...timers.keys()];
      timers.clear();
      for (const one of due) one();
    },
    reopen: () => {
      service.stop();
      return openClientDevice(server, { ...wish, storage });
    },
  });
};
