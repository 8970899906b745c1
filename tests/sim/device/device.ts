import type { Version } from '../app.ts';
import type { Network } from '../network/network.ts';
import type { Link } from '../network/way.ts';
import type { Context, Life } from '../world/context.ts';
import { createDisk, type Disk, type DiskWatch, type Image } from '../world/disk.ts';
import type { Dice } from '../world/random.ts';
import { createLogin, type Login } from './login.ts';
import { createChannel, createLocks } from './origin.ts';
import { startTab, type Tab } from './tab.ts';

/** One device of a user: a disk, a clock, a network link, and tabs that come and go. */
export interface Device {
  readonly name: string;
  readonly user: string;
  readonly disk: Disk;
  readonly link: Link;
  readonly login: Login;
  /** What the wall clock is ahead of the world's. */
  skewMs: number;
  /** Which version of the app its pages are. */
  version: Version;
  /** The platform says whether there is a network at all. */
  online: boolean;
  /** Its store, or a copy of it, has been in use under the same clientId elsewhere or before. */
  doubted: boolean;
  readonly tabs: Tab[];
  /** Opens the missing tabs. */
  openTabs(): void;
  killTab(tab: Tab): void;
  kill(): void;
  setOnline(online: boolean): void;
  signIn(): void;
}

export interface DeviceParts {
  readonly context: Context;
  readonly network: Network;
  readonly name: string;
  readonly user: string;
  readonly version: Version;
  readonly watch: DiskWatch;
  readonly image?: Image;
  /** The server's clock, which tokens expire by. */
  readonly serverWall: () => number;
  /** The device has heard that its space was erased. */
  readonly onErased: (device: Device) => void;
}

/** What the tabs of a device share. */
export interface Origin {
  readonly dice: Dice;
  readonly locks: ReturnType<typeof createLocks>;
  readonly channel: ReturnType<typeof createChannel>;
  readonly onlineListeners: Map<(online: boolean) => void, Life>;
}

const createTabs = (parts: DeviceParts, origin: Origin, device: () => Device) => {
  const { context, name } = parts;
  const { loop, profile } = context;
  const tabs: Tab[] = [];
  let count = 0;
  const openTabs = (): void => {
    while (tabs.length < profile.tabs) {
      count += 1;
      const tab: Tab = { life: { name: `${name}.${count}`, alive: true }, client: undefined, frozenUntil: 0 };
      tabs.push(tab);
      startTab(parts, device(), origin, tab);
    }
  };
  const killTab = (tab: Tab): void => {
    loop.trace(`${tab.life.name} dies`);
    tab.life.alive = false;
    const index = tabs.indexOf(tab);
    if (index < 0) return;
    tabs.splice(index, 1);
    origin.locks.onDeath(tab.life);
    loop.after(origin.dice.between(10, 3_000), `${name} opens a tab`, openTabs);
  };
  const kill = (): void => {
    for (const tab of [...tabs]) killTab(tab);
    origin.locks.forget();
  };
  return { tabs, openTabs, killTab, kill };
};

export const createDevice = (parts: DeviceParts): Device => {
  const { context, name, user, version } = parts;
  const dice = context.streams(`device ${name}`);
  const link: Link = { there: true, back: true };
  const origin: Origin = { dice, locks: createLocks(context), channel: createChannel(context), onlineListeners: new Map() };
  const device: Device = {
    name,
    user,
    disk: createDisk(context, name, parts.watch, parts.image),
    link,
    login: createLogin({ context, name, user, link, serverWall: parts.serverWall, onSignIn: () => device.signIn() }),
    skewMs: (dice.next() * 2 - 1) * context.profile.clockSkewMs,
    version,
    online: true,
    doubted: parts.image !== undefined,
    ...createTabs(parts, origin, () => device),
    setOnline: (online) => {
      if (device.online === online) return;
      device.online = online;
      for (const [listener, life] of origin.onlineListeners) if (life.alive) listener(online);
    },
    signIn: () => {
      device.login.signIn();
      for (const { client } of device.tabs) client?.signedIn();
    },
  };
  return device;
};
