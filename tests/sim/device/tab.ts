import { type Client, type ClientEnv, openClient } from '@tidemark/client';
import { APPS, type SimCollections } from '../app.ts';
import type { Life } from '../world/context.ts';
import { ISSUER, MOUNT } from '../world/server.ts';
import type { Device, DeviceParts, Origin } from './device.ts';

export type SimClient = Client<SimCollections>;

export interface Tab {
  readonly life: Life;
  client: SimClient | undefined;
  /** Timers of a frozen tab wait. */
  frozenUntil: number;
}

export const BEGIN_MS = 1_700_000_000_000;

const uuidOf = (next: () => number): string =>
  Array.from({ length: 4 }, () =>
    Math.floor(next() * 2 ** 32)
      .toString(16)
      .padStart(8, '0'),
  ).join('-');

const envOf = (parts: DeviceParts, device: Device, origin: Origin, tab: Tab): ClientEnv => {
  const { context, network, user } = parts;
  const { loop } = context;
  const { life } = tab;
  const caller = { life, user, link: device.link };
  const setTimer: ClientEnv['setTimer'] = (delayMs, fire) => {
    let cancel = (): void => undefined;
    const due = (): void => {
      if (!life.alive) return;
      if (tab.frozenUntil > loop.now()) cancel = loop.after(tab.frozenUntil - loop.now(), `${life.name} thaws`, due);
      else fire();
    };
    cancel = loop.after(delayMs, `${life.name} timer`, due);
    return () => cancel();
  };
  return {
    wall: () => Math.floor(BEGIN_MS + loop.now() + device.skewMs),
    mono: () => loop.now(),
    random: () => origin.dice.next(),
    uuid: () => uuidOf(origin.dice.next),
    setTimer,
    http: (request) => network.http(caller, request),
    stream: (request) => network.stream(caller, request),
    online: () => device.online,
    onOnline: (listener) => {
      origin.onlineListeners.set(listener, life);
      return () => origin.onlineListeners.delete(listener);
    },
    lock: (_, task) => origin.locks.lock(life, task),
    channel: (_, onMessage) => origin.channel(life, onMessage),
  };
};

/** A person acts on what the page says: signs in again after a revocation, and installs anew after an erasure. */
const watchStatus = ({ context, onErased }: DeviceParts, device: Device, tab: Tab, client: SimClient): void => {
  const { loop, streams, sometimes } = context;
  const dice = streams(`person ${device.name}`);
  client.onStatus(({ state, error }) => {
    if (error?.code === 'SPACE_ERASED' && tab.life.alive) onErased(device);
    if (state !== 'signed out') return;
    if (error?.code !== 'CLIENT_REVOKED') {
      if (!device.login.wasEnded()) context.violate('I17', `${tab.life.name} was signed out without a reason: ${JSON.stringify(error)}`);
      return;
    }
    sometimes.hit('revoked client paused');
    loop.after(dice.between(500, 5_000), `${tab.life.name} signs in after a revocation`, () => {
      if (tab.life.alive && client.status().state === 'signed out') client.signedIn();
    });
  });
};

/** Opens the client of a tab. */
export const startTab = (parts: DeviceParts, device: Device, origin: Origin, tab: Tab): void => {
  const { context, user } = parts;
  const { profile, loop, streams } = context;
  // Small pushes, so that two of them are under way at once.
  const sizes = streams(`push size ${tab.life.name}`);
  const work = async (): Promise<void> => {
    const client = await openClient({
      app: APPS[device.version],
      url: `http://server${MOUNT}`,
      token: (refused) => device.login.ask(tab.life, refused),
      account: { issuer: ISSUER, subject: user },
      store: device.disk.open(tab.life, () => device.killTab(tab)),
      env: envOf(parts, device, origin, tab),
      debounceMs: profile.debounceMs,
      pollMs: profile.pollMs,
      live: origin.dice.chance(profile.live),
      pushMutationsMax: sizes.chance(0.5) ? sizes.between(20, 60) : 500,
    });
    if (!tab.life.alive) return;
    tab.client = client;
    watchStatus(parts, device, tab, client);
  };
  work().catch((fault: unknown) => {
    // A store that cannot be written to cannot be opened; the person tries again.
    loop.trace(`${tab.life.name} could not open: ${String(fault)}`);
    context.sometimes.hit('client could not open its store');
    if (tab.life.alive) device.killTab(tab);
  });
};
