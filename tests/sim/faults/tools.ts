import type { Device } from '../device/device.ts';
import type { Keeper } from '../world/keeper.ts';
import type { World } from '../world/world.ts';

/** What a fault that happens to the world works with; `device` is one at random. */
export interface Tools {
  readonly world: World;
  readonly device: Device;
  readonly backups: (() => Promise<Keeper>)[];
}

export const spaceOf = (user: string) => ({ app: 'sim', key: `sim/${user}` });

/** An answer of the server or of nobody: the process may die under it. */
export const quietly = (work: Promise<unknown> | undefined): void => {
  work?.catch(() => undefined);
};
