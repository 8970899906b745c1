import { compareIndexValues, type Result, refuse } from '@tidemark/protocol';
import type { Device, DevicesAnswer } from '@tidemark/protocol/messages';
import type { SpaceRef } from '../engine.ts';
import type { ClientRow } from '../storage/storage.ts';
import type { Serving } from './context.ts';

const toDevice = (row: ClientRow): Device => {
  const { clientId, ackedN, seq, firstSeenAt, lastSeenAt, revoked, name } = row;
  return { clientId, ...(name === null ? {} : { name }), ackedN, seq, firstSeenAt, lastSeenAt, revoked };
};

/** Oldest first, so that a list on a page stays as it is when a device is seen again. */
const byFirstSeen = (a: ClientRow, b: ClientRow): number => a.firstSeenAt - b.firstSeenAt || compareIndexValues(a.clientId, b.clientId);

/** GET /devices, in the order in which they came. */
export const listDevices = async (serving: Serving, space: SpaceRef): Promise<Result<DevicesAnswer>> => {
  const rows = await serving.storage.readClients(space.key);
  return { ok: true, value: { devices: rows.toSorted(byFirstSeen).map(toDevice) } };
};

/** Renames a device, or revokes it for good: it gets CLIENT_REVOKED from then on and no longer counts for compaction. */
export const changeDevice = async (
  serving: Serving,
  space: SpaceRef,
  clientId: string,
  change: { readonly name: string } | { readonly revoked: true },
): Promise<Result<Device>> => {
  const { clients } = await serving.storage.load(space.key, { records: [], receipts: [], clients: [clientId] });
  const client = clients[0];
  if (client === undefined) return refuse('NOT_FOUND', `this space has no client ${clientId}`);
  const changed = { ...client, ...change };
  await serving.storage.putClient(space.key, changed);
  return { ok: true, value: toDevice(changed) };
};

/** Was this client revoked? An unknown one was not. */
export const isRevoked = async (serving: Serving, space: SpaceRef, clientId: string): Promise<boolean> => {
  const { clients } = await serving.storage.load(space.key, { records: [], receipts: [], clients: [clientId] });
  return clients[0]?.revoked === true;
};
