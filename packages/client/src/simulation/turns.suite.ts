import { openClient } from '../open-client.ts';
import type { ClientEnv, HttpRequest, HttpResponse } from '../platform/client-env.ts';
import type { ClientStore } from '../store/client-store.ts';
import { notes } from './server.suite.ts';
import type { NotesClient } from './world.suite.ts';

/** What becomes of a request, and of the device that made it. */
export const FATES = ['pass', 'dropRequest', 'dropAnswer', 'crashBefore', 'crashAfter'] as const;
export type RequestFate = (typeof FATES)[number];

/** A device whose requests wait until a test says what becomes of each. */
export interface Device {
  readonly client: () => NotesClient;
  /** A request waits. */
  isWaiting(): boolean;
  /** Decides over the request that waits; resolves when the server has done its part. */
  deliver(fate: RequestFate): Promise<void>;
  goOnline(): void;
}

interface Waiting {
  readonly request: HttpRequest;
  readonly answer: (response: HttpResponse) => void;
  readonly fail: (error: Error) => void;
}

/** Lets everything that waits for no clock and no request come to its end. */
export const settle = async (): Promise<void> => {
  for (let turn = 0; turn < 3; turn += 1) await new Promise((resolve) => setImmediate(resolve));
};

/** Opens a device that is offline until it is told otherwise. A crash takes the session, not the store, and opens another. */
export const openDevice = async (store: ClientStore, env: ClientEnv): Promise<Device> => {
  let online = false;
  let waiting: Waiting | undefined;
  let session = { alive: true, tellOnline: (_: boolean): void => undefined };
  const open = (): Promise<NotesClient> => {
    const own = { alive: true, tellOnline: (_: boolean): void => undefined };
    session = own;
    waiting = undefined;
    return openClient({
      app: notes,
      url: 'http://localhost/apps/notes',
      token: () => 'alice',
      account: { issuer: 'test', subject: 'alice' },
      store,
      live: false,
      env: {
        ...env,
        setTimer: (delayMs, fire) => env.setTimer(delayMs, () => own.alive && fire()),
        online: () => online,
        onOnline: (listener) => {
          own.tellOnline = listener;
          return () => undefined;
        },
        // What a dead session asks stays unanswered.
        http: (request) =>
          new Promise((answer, fail) => {
            if (own.alive) waiting = { request, answer, fail };
          }),
      },
    });
  };
  let client = await open();
  return {
    client: () => client,
    isWaiting: () => waiting !== undefined,
    deliver: async (fate) => {
      const now = waiting;
      waiting = undefined;
      if (now === undefined) throw new Error('No request waits.');
      const arrives = fate !== 'dropRequest' && fate !== 'crashBefore';
      const response = arrives ? await env.http(now.request) : undefined;
      if (fate === 'crashBefore' || fate === 'crashAfter') {
        session.alive = false;
        client = await open();
      } else if (fate === 'pass' && response !== undefined) now.answer(response);
      else now.fail(new Error('connection reset'));
    },
    goOnline: () => {
      online = true;
      session.tellOnline(true);
    },
  };
};
