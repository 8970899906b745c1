import * as z from 'zod';
import { textSchema } from './text.ts';

/** One client of a space, as GET /devices lists it. */
export interface Device {
  readonly clientId: string;
  readonly name?: string;
  readonly ackedN: number;
  /** Position it was last known to have reached. */
  readonly seq: number;
  /** Server time, milliseconds. */
  readonly firstSeenAt: number;
  readonly lastSeenAt: number;
  readonly revoked: boolean;
}
export interface DevicesAnswer {
  readonly devices: readonly Device[];
}
/** PATCH /devices/{clientId}. */
export const renameDeviceSchema = z.strictObject({ name: textSchema(100, 1) });
