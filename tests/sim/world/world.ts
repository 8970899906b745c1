import type { Env } from '@tidemark/protocol';
import type { Version } from '../app.ts';
import { createDevice, type Device } from '../device/device.ts';
import { BEGIN_MS } from '../device/tab.ts';
import { createNetwork, type Network } from '../network/network.ts';
import { canaryOf } from '../oracle/memory.ts';
import { createOracle, type Oracle } from '../oracle/oracle.ts';
import type { Context } from './context.ts';
import type { Image } from './disk.ts';
import { type Keeper, openKeeper } from './keeper.ts';
import { type ServerProcess, startServer } from './server.ts';

/** Everything there is: users with devices, a network, and servers over one storage. */
export interface World {
  readonly context: Context;
  readonly users: readonly string[];
  readonly devices: readonly Device[];
  readonly network: Network;
  readonly oracle: Oracle;
  keeper(): Keeper;
  servers(): readonly ServerProcess[];
  /** What the server's wall clock is ahead of the world's. */
  serverSkewMs: number;
  /** Which version of the app servers start with. */
  version: Version;
  addDevice(user: string, from?: { readonly image: Image; readonly version: Version }): Device;
  /** Starts the processes that are missing. */
  startServers(): void;
  /** Puts the storage back to an earlier moment, and starts over on it. */
  restoreServer(open: () => Promise<Keeper>): Promise<void>;
  /** After something was lost on purpose. */
  excuse(why: string): void;
}

const serverEnv = (context: Context, world: () => World): Env => {
  const { loop, streams, profile } = context;
  const dice = streams('server');
  let ids = 0;
  return {
    wall: () => Math.floor(BEGIN_MS + loop.now() + world().serverSkewMs),
    mono: () => loop.now(),
    random: () => dice.next(),
    uuid: () => {
      ids += 1;
      return `server-${profile.seed}-${ids}`;
    },
    setTimer: (delayMs, fire) => loop.after(delayMs, 'server timer', fire),
  };
};

/** The server's side: one storage, and the processes over it. */
const createServers = (context: Context, env: Env, first: Keeper, onStored: (keeper: Keeper) => void) => {
  const { loop, profile, sometimes } = context;
  let keeper = first;
  let servers: ServerProcess[] = [];
  let started = 0;
  let isOpening = false;
  const fill = (version: Version): void => {
    while (servers.length < profile.servers) {
      started += 1;
      const of = keeper;
      servers.push(startServer({ context, name: `server${started}`, version, env, keeper: of, onStored: () => onStored(of) }));
    }
  };
  return {
    keeper: () => keeper,
    alive: () => servers.filter(({ life }) => life.alive),
    /** `version` is asked for when the storage is open. */
    start: async (version: () => Version): Promise<void> => {
      if (isOpening) return;
      const hadDied = servers.length > 0;
      servers = servers.filter(({ life }) => life.alive);
      if (hadDied && servers.length === 0) {
        isOpening = true;
        await loop.real(keeper.reopen());
        isOpening = false;
        sometimes.hit('storage opened again after a crash');
      }
      fill(version());
    },
    move: async (to: Keeper): Promise<void> => {
      for (const server of servers) server.kill();
      servers = [];
      const old = keeper;
      keeper = to;
      await loop.real(old.close());
    },
  };
};

/** A person who hears that everything was erased begins anew. */
const installAnew = (context: Context, world: World, device: Device): void =>
  void context.loop.after(context.streams('erase').between(500, 5_000), `${device.name} is installed anew`, () => {
    context.sometimes.hit('device installed anew after an erasure');
    device.kill();
    device.disk.wipe();
    world.excuse('an erasure');
  });

export const createWorld = async (context: Context): Promise<World> => {
  const { profile, loop } = context;
  const users = Array.from({ length: profile.users }, (_, i) => `u${i}`);
  const oracle = createOracle(context, users);
  const devices: Device[] = [];
  const env = serverEnv(context, () => world);
  const keeper = await loop.real(openKeeper(profile.sqlite, env));
  const servers = createServers(context, env, keeper, (of) => (of === servers.keeper() ? oracle.read(of.stored) : undefined));
  const network = createNetwork(context, servers.alive, oracle.traffic);
  const world: World = {
    context,
    users,
    devices,
    network,
    oracle,
    keeper: servers.keeper,
    servers: servers.alive,
    serverSkewMs: 0,
    version: 1,
    addDevice: (user, from) => {
      const name = `${user}d${devices.length}`;
      const device: Device = createDevice({
        context,
        network,
        name,
        user,
        version: from?.version ?? world.version,
        watch: oracle.disk(name, user),
        serverWall: env.wall,
        onErased: (erased) => installAnew(context, world, erased),
        ...(from === undefined ? {} : { image: from.image }),
      });
      devices.push(device);
      device.openTabs();
      return device;
    },
    startServers: () => void servers.start(() => world.version),
    restoreServer: async (open) => {
      await servers.move(await loop.real(open()));
      oracle.restart(servers.keeper().stored);
      world.startServers();
      world.excuse('a server restore');
    },
    excuse: (why) => oracle.excuse(why, (mutationId) => devices.some(({ disk }) => disk.holds(mutationId))),
  };
  world.startServers();
  for (const user of users) for (let i = 0; i < profile.devices; i += 1) world.addDevice(user);
  return world;
};

export const titleOf = (user: string, text: string): string => `${canaryOf(user)} ${text}`;
