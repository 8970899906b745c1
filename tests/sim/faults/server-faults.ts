import { titleOf } from '../world/world.ts';
import { upgradeDevice } from './device-faults.ts';
import { quietly, spaceOf, type Tools } from './tools.ts';

/** More restores, and a run does nothing but heal. */
const RESTORES_MAX = 4;

export const compact = ({ world, device }: Tools): void => {
  const head = world.oracle.memory.logs.get(spaceOf(device.user).key)?.length ?? 0;
  const floor = Math.max(0, head - world.context.streams('compact').int(20));
  world.context.sometimes.hit('compacted');
  quietly(world.servers()[0]?.engine.compact(spaceOf(device.user), floor));
};

export const importOne = ({ world, device }: Tools): void => {
  const dice = world.context.streams('import');
  const mutationId = `import-${dice.int(2 ** 30)}`;
  world.oracle.allow(mutationId);
  const fields = { title: titleOf(device.user, `imported ${mutationId}`) };
  const mutation = { mutationId, n: 1, collection: 'notes', id: `r${dice.int(8)}`, op: 'put' as const, fields, base: 0, at: 1 };
  quietly(world.servers()[0]?.engine.apply(spaceOf(device.user), { clientId: '$import', schemaVersion: 1, mutations: [mutation] }));
};

export const restoreServer = ({ world, backups }: Tools): void => {
  const { loop, streams, sometimes } = world.context;
  // A backup from before a space was there cannot be healed into: its spaceId is another (docs/PROTOCOL.md).
  const areAllThere = world.users.every((user) => world.oracle.memory.logs.has(spaceOf(user).key));
  if (backups.length >= RESTORES_MAX || !areAllThere) return;
  const dice = streams('restore');
  const open = backups.length > 0 && dice.chance(0.3) ? dice.pick(backups) : world.keeper().backup();
  if (backups.includes(open)) sometimes.hit('server restored twice from one backup');
  backups.push(open);
  loop.after(dice.scale(500, 30_000), 'server is restored from a backup', () => {
    if (world.context.strength('serverRestore') === 0) return;
    sometimes.hit('server restored');
    void world.restoreServer(open);
  });
};

export const crashServer = ({ world }: Tools): void => {
  const { loop, streams } = world.context;
  world.servers()[0]?.kill();
  loop.after(streams('crash').scale(50, 8_000), 'a server starts', () => world.startServers());
};

export const revoke = ({ world, device }: Tools): void => {
  const clientId = device.tabs.find(({ client }) => client !== undefined)?.client?.clientId;
  if (clientId !== undefined) quietly(world.servers()[0]?.engine.revokeDevice(spaceOf(device.user), clientId));
};

/** Once in a run, as a person may: afterwards nothing of before is to be seen again. */
export const erase = ({ world, device }: Tools): void => {
  if (world.oracle.memory.erased.has(device.user)) return;
  world.context.sometimes.hit('space erased');
  quietly(world.servers()[0]?.engine.erase(spaceOf(device.user)));
};

/** The servers are replaced one after the other by the next version; the devices follow when they like. */
export const upgrade = (tools: Tools): void => {
  const { world } = tools;
  if (world.version === 2) {
    upgradeDevice(tools);
    return;
  }
  world.context.sometimes.hit('server upgraded under its clients');
  world.version = 2;
  world.servers().forEach((server, i) => {
    world.context.loop.after(1 + i * world.context.streams('upgrade').scale(1_000, 30_000), `${server.life.name} is replaced`, () => {
      server.kill();
      world.startServers();
    });
  });
};
