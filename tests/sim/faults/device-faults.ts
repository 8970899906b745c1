import type { Tools } from './tools.ts';

/** More devices than this make runs slow and find nothing more. */
const DEVICES_MAX = 6;

/** Cuts one way or both between a device and the server for a while. */
export const cut = ({ world, device }: Tools, both: boolean): void => {
  const { loop, streams } = world.context;
  const dice = streams('partition');
  const there = both || dice.chance(0.5);
  if (there) device.link.there = false;
  if (both || !there) device.link.back = false;
  loop.after(dice.scale(500, 60_000), `${device.name} is connected again`, () => {
    device.link.there = true;
    device.link.back = true;
  });
};

export const restoreDevice = ({ world, device }: Tools): void => {
  const { loop, streams, sometimes } = world.context;
  const image = device.disk.image();
  loop.after(streams('restore').scale(2_000, 60_000), `${device.name} is restored from its backup`, () => {
    if (world.context.strength('restoreClient') === 0) return;
    sometimes.hit('device restored from its backup');
    device.kill();
    device.disk.load(image);
    device.doubted = true;
    world.excuse('a device restore');
  });
};

export const cloneDevice = ({ world, device }: Tools): void => {
  if (world.devices.length >= DEVICES_MAX) return;
  world.context.sometimes.hit('device cloned');
  device.doubted = true;
  world.addDevice(device.user, { image: device.disk.image(), version: device.version });
};

export const losePower = ({ world, device }: Tools): void => {
  const { sometimes, streams } = world.context;
  const before = device.disk.rows('journal').length;
  device.kill();
  device.disk.losePower(1 + streams('power').int(5));
  device.doubted = true;
  if (device.disk.rows('journal').length < before) sometimes.hit('power loss took an acknowledgement back');
  world.excuse('a power loss');
};

export const fillDisk = ({ world, device }: Tools): void => {
  device.disk.full = true;
  world.context.loop.after(world.context.streams('quota').scale(200, 20_000), `${device.name} has room again`, () => {
    device.disk.full = false;
  });
};

export const freeze = ({ world, device }: Tools): void => {
  const { loop, streams } = world.context;
  for (const tab of device.tabs) tab.frozenUntil = loop.now() + streams('freeze').scale(1_000, 120_000);
};

export const closeTab = ({ world, device }: Tools): void => {
  const tab = device.tabs[0];
  if (tab?.client === undefined) return;
  world.context.sometimes.hit('tab closed');
  tab.client.close().catch(() => undefined);
  world.context.loop.after(20, `${tab.life.name} is closed`, () => device.killTab(tab));
};

export const goOffline = ({ world, device }: Tools): void => {
  const { loop, streams } = world.context;
  device.setOnline(false);
  loop.after(streams('offline').scale(500, 60_000), `${device.name} is online again`, () => device.setOnline(true));
};

/** Its pages are loaded again as the new version, some sooner than others. */
export const upgradeDevice = ({ world, device }: Tools): void => {
  const { loop, streams, sometimes } = world.context;
  if (device.version === world.version) return;
  if (device.disk.rows('outbox').length > 0) sometimes.hit('app upgraded over a full outbox');
  device.version = world.version;
  for (const tab of [...device.tabs])
    loop.after(streams('upgrade').scale(1, 20_000), `${tab.life.name} is loaded again`, () =>
      tab.life.alive ? device.killTab(tab) : undefined,
    );
};
