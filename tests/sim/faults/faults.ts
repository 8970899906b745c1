import type { Keeper } from '../world/keeper.ts';
import type { WORLD_FAULTS } from '../world/profile.ts';
import type { World } from '../world/world.ts';
import { cloneDevice, closeTab, cut, fillDisk, freeze, goOffline, losePower, restoreDevice } from './device-faults.ts';
import { compact, crashServer, erase, importOne, restoreServer, revoke, upgrade } from './server-faults.ts';
import type { Tools } from './tools.ts';

type WorldFault = (typeof WORLD_FAULTS)[number];

const ACTS: { readonly [F in WorldFault]: (tools: Tools) => void } = {
  partition: (tools) => cut(tools, true),
  oneWay: (tools) => cut(tools, false),
  clientCrash: ({ device }) => device.kill(),
  closeTab,
  powerLoss: losePower,
  cloneClient: cloneDevice,
  restoreClient: restoreDevice,
  freeze,
  offline: goOffline,
  compact,
  revoke,
  import: importOne,
  clientClock: ({ world, device }) => {
    device.skewMs += world.context.streams('clock').between(-24, 24) * 3_600_000;
  },
  serverClock: ({ world }) => {
    world.serverSkewMs += world.context.streams('clock').between(-600_000, 600_000);
  },
  serverCrash: crashServer,
  serverRestore: restoreServer,
  tokenExpiry: ({ world, device }) => device.login.expire(world.context.streams('token').chance(0.3)),
  streamBreak: ({ world }) => world.network.breakStreams(),
  // Strikes where somebody writes it and where a push holds it.
  poison: () => undefined,
  diskFull: fillDisk,
  upgrade,
  erase,
};

/** Lets the faults of the profile happen at random moments, and dead servers start again. */
export const startFaults = (world: World, isBusy: () => boolean): void => {
  const { loop, streams, profile, injected } = world.context;
  const backups: (() => Promise<Keeper>)[] = [];
  const next = (fault: WorldFault): void => {
    const dice = streams(`fault ${fault}`);
    loop.after(-Math.log(1 - dice.next()) * profile.faults[fault] * 1_000, `fault ${fault}`, () => {
      if (!isBusy()) return;
      next(fault);
      const device = dice.pick(world.devices);
      loop.trace(`fault ${fault} at ${device.name}`);
      injected(fault);
      ACTS[fault]({ world, device, backups });
    });
  };
  for (const fault of Object.keys(ACTS)) if (isWorldFault(fault) && fault !== 'poison' && profile.faults[fault] > 0) next(fault);
  const supervise = (): void =>
    void loop.after(1_500, 'supervisor', () => {
      world.startServers();
      if (isBusy()) supervise();
    });
  supervise();
};

const isWorldFault = (name: string): name is WorldFault => Object.hasOwn(ACTS, name);

/** Ends every fault that is still going on. */
export const heal = (world: World): void => {
  for (const server of world.servers()) if (server.version !== world.version) server.kill();
  world.startServers();
  for (const device of world.devices) {
    device.link.there = true;
    device.link.back = true;
    device.disk.full = false;
    device.setOnline(true);
    if (device.version !== world.version) {
      device.version = world.version;
      device.kill();
    }
    for (const tab of device.tabs) tab.frozenUntil = 0;
    device.signIn();
    device.openTabs();
  }
};
