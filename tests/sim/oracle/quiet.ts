import type { RecordRow } from '@tidemark/engine';
import { CONFLICTS, isJsonObject, type Json } from '@tidemark/protocol';
import { TASK_MARK } from '../app.ts';
import type { Tab } from '../device/tab.ts';
import { POISON } from '../world/poison.ts';
import type { ServerProcess } from '../world/server.ts';
import type { World } from '../world/world.ts';
import { spaceKeyOf } from './memory.ts';
import { plainJson } from './plain-json.ts';

/** What a client or the server holds, as text by `collection/id`. */
export type Picture = ReadonlyMap<string, string>;

const PAGE = { limit: 100_000, bytesMax: Number.MAX_SAFE_INTEGER };

/** The oracle's own up-caster, from schemaVersion 1 to 2. */
const raised = (collection: string, fields: Json): Json =>
  collection === 'tasks' && isJsonObject(fields) && !String(fields.title).startsWith(TASK_MARK)
    ? { ...fields, title: TASK_MARK + String(fields.title) }
    : fields;

/** The records of a user as the server's storage has them, as a client of that schemaVersion is to show them. */
export const serverPicture = async (world: World, user: string, version: number): Promise<Picture> => {
  const { storage } = world.keeper();
  const rows: RecordRow[] = await world.context.loop.real(storage.readRecords(spaceKeyOf(user), PAGE));
  const picture = new Map<string, string>();
  for (const { collection, id, fieldsJson, schemaVersion } of rows) {
    const fields: Json = JSON.parse(fieldsJson);
    if (collection !== CONFLICTS)
      picture.set(`${collection}/${id}`, plainJson(schemaVersion < version ? raised(collection, fields) : fields));
    else if (isJsonObject(fields) && fields.state === 'open') picture.set(`conflict/${id}`, '');
  }
  return picture;
};

const COLLECTIONS = ['notes', 'tasks'] as const;

const jsonOf = (value: unknown): Json => {
  const json: Json = JSON.parse(JSON.stringify(value));
  return json;
};

/** What a tab shows. */
export const tabPicture = (tab: Tab): Picture => {
  const picture = new Map<string, string>();
  const { client } = tab;
  if (client === undefined) return picture;
  for (const collection of COLLECTIONS) {
    for (const { id, ...fields } of client.collection(collection).list()) picture.set(`${collection}/${id}`, plainJson(jsonOf(fields)));
  }
  for (const { conflictId } of client.conflicts()) picture.set(`conflict/${conflictId}`, '');
  return picture;
};

/** The first difference of two pictures, in words. */
export const differenceOf = (expected: Picture, found: Picture): string | undefined => {
  for (const [key, text] of expected) if (found.get(key) !== text) return `${key} is ${String(found.get(key))}, the server has ${text}`;
  for (const [key, text] of found) if (!expected.has(key)) return `${key} is ${text}, the server has nothing`;
  return undefined;
};

const whyBusy = (world: World): string | undefined => {
  for (const device of world.devices) {
    if (device.tabs.length < world.context.profile.tabs) return `${device.name} has ${device.tabs.length} tabs open`;
    for (const { client, life } of device.tabs) {
      if (client === undefined) return `${life.name} is not open yet`;
      const { state, pending, error } = client.status();
      if (pending > 0) return `${life.name} has ${pending} pending, state ${state}, ${JSON.stringify(error)}`;
      if (state !== 'synced') return `${life.name} is ${state}, ${JSON.stringify(error)}`;
    }
  }
  return undefined;
};

/** Why the world is not at rest; undefined where it is. */
export const restlessness = async (world: World): Promise<string | undefined> => {
  const busy = whyBusy(world);
  if (busy !== undefined) return busy;
  for (const user of world.users) {
    for (const device of world.devices.filter((one) => one.user === user)) {
      const expected = await serverPicture(world, user, device.version);
      for (const tab of device.tabs) {
        const difference = differenceOf(expected, tabPicture(tab));
        if (difference !== undefined) return `${tab.life.name}: ${difference}`;
      }
    }
  }
  return undefined;
};

/** Does it, or another of its group, hold what servers choke on? */
const isPoisoned = (world: World, { mutationId, group }: { readonly mutationId: string; readonly group?: string | undefined }): boolean =>
  [...world.oracle.memory.issued.values()].some(
    ({ mutation, content }) =>
      content.includes(POISON) && (mutation.mutationId === mutationId || (group !== undefined && mutation.group === group)),
  );

/** Every local write is in the log, refused there, parked, discarded by a person, or was lost by an injected loss (I1, I7). */
const checkNothingLost = (world: World): void => {
  const { violate, sometimes } = world.context;
  const parked = new Set<string>();
  for (const { tabs } of world.devices)
    for (const { client } of tabs)
      for (const { mutation, error } of client?.parked() ?? []) {
        parked.add(mutation.mutationId);
        sometimes.hit(`parked at rest: ${error.code}`);
        // What a proxy says for a while is no verdict; only errors (5xx) that come again beside an empty push that succeeds are one.
        const isProxys = error.code === 'TOO_MANY_REQUESTS' || error.code === 'BAD_REQUEST';
        if (isProxys && !isPoisoned(world, mutation))
          violate('I18', `${mutation.mutationId} is parked for ${error.code}, though nothing is wrong with it`);
      }
  const { issued, receipts } = world.oracle.memory;
  for (const [mutationId, one] of issued) {
    if (one.excused !== undefined || one.discarded) continue;
    const verdict = receipts.get(mutationId);
    if (verdict === undefined && !parked.has(mutationId))
      violate('I7', `${mutationId} of ${one.device} (${String(one.mutation.op)} ${String(one.mutation.id)}) is nowhere`);
    if (verdict === 'rejected' && !parked.has(mutationId))
      violate('I7', `${mutationId} of ${one.device} was refused by the server, and is parked nowhere`);
  }
};

/** What verifying finds while nothing is stored; a push that was late on its way may arrive under it, then it is done again. */
const verifyAtRest = async (world: World, server: ServerProcess, user: string): Promise<readonly string[]> => {
  const { loop } = world.context;
  for (;;) {
    const stored = world.keeper().stored.length;
    let over = false;
    const work = server.engine.verify({ app: 'sim', key: spaceKeyOf(user) }).finally(() => {
      over = true;
    });
    while (!over && (await loop.step(loop.now() + 60_000)));
    const { problems } = await work;
    if (world.keeper().stored.length === stored) return problems;
    world.context.sometimes.hit('stored while a space was verified');
  }
};

/** Three derivations of the state agree (I20). */
const checkServer = async (world: World): Promise<void> => {
  const server = world.servers()[0];
  if (server === undefined) return world.context.violate('I14', 'no server is up');
  for (const user of world.users)
    for (const problem of await verifyAtRest(world, server, user)) world.context.violate('I20', `${user}: ${problem}`);
};

/** The clients' own comparison with the server has found nothing (I19). */
const checkClients = (world: World): void => {
  for (const { tabs } of world.devices) {
    for (const { client, life } of tabs) {
      const error = client?.status().error ?? null;
      if (error !== null) world.context.violate('I19', `${life.name} says at rest: ${JSON.stringify(error)}`);
    }
  }
};

/** Everything that must hold once a healed world is at rest. */
export const checkAtRest = async (world: World): Promise<void> => {
  checkNothingLost(world);
  checkClients(world);
  await checkServer(world);
};
