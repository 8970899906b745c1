import { canonicalJson, isJsonObject, type Json, jsonEqual } from '@tidemark/protocol';
import { expect, test } from 'vitest';
import { firstRecords, type Intent, liveADay, randomOf } from './day-script.suite.ts';
import { inOrder } from './ordering.ts';
import { weekday } from './schema.ts';
import { type Device, openWeekdayServer, type WeekdayServer } from './weekday-server.suite.ts';

const SEED = Number(process.env.TIDEMARK_SEED ?? 20_260_302);
const EDITS = 2_000;
const NAMES = ['phone', 'tablet', 'laptop', 'desk', 'watch'] as const;
const COLLECTIONS = Object.keys(weekday.collections).filter(
  (name): name is keyof typeof weekday.collections => name in weekday.collections,
);

const shown = ({ client }: Device): string =>
  canonicalJson(Object.fromEntries(COLLECTIONS.map((name) => [name, JSON.parse(JSON.stringify(client.collection(name).list()))])));

const syncAll = async (devices: readonly Device[]): Promise<void> => {
  // Twice: what the last one pushed, the first has still to pull.
  for (const { client } of [...devices, ...devices]) await client.sync();
  expect(devices.map(({ client }) => client.status())).toMatchObject(devices.map(() => ({ state: 'synced', pending: 0, parked: 0 })));
};

const allConflicts = async ({ engine, space }: WeekdayServer) => {
  const page = await engine.conflicts(space, { state: 'all', limit: 5_000 });
  if (!page.ok || page.value.nextAfter !== undefined) throw new Error('the conflicts do not fit a page');
  return page.value.conflicts;
};

type Conflicts = Awaited<ReturnType<typeof allConflicts>>;

/** The last that one device meant for each field, and nothing that its own later delete or edit made void. */
const lastOf = (intents: readonly Intent[]): readonly Intent[] => {
  const last = new Map<string, Intent>();
  for (const intent of intents) {
    const { collection, id, field } = intent;
    const ofRecord = `${collection}\n${id}\n`;
    for (const key of last.keys()) if (key.startsWith(ofRecord) && (field === '*' || key === `${ofRecord}*`)) last.delete(key);
    last.set(`${ofRecord}${field}`, intent);
  }
  return [...last.values()];
};

const memberIs = (record: Json, field: string, value: Json): boolean =>
  isJsonObject(record) && Object.hasOwn(record, field) && jsonEqual(record[field] ?? null, value);

/** Does the value of an intent stand in its record, or in a conflict about it? */
const isKept = (device: Device, conflicts: Conflicts, { collection, id, field, value }: Intent): boolean => {
  const record: Json | undefined = JSON.parse(JSON.stringify(device.client.collection(collection).get(id) ?? null));
  const about = conflicts.filter((conflict) => conflict.collection === collection && conflict.id === id);
  if (field === '*') return record === null || about.some((conflict) => conflict.field === '*');
  if (memberIs(record ?? null, field, value)) return true;
  return about.some(({ field: name, mine, theirs }) =>
    name === '*'
      ? memberIs(mine, field, value) || memberIs(theirs, field, value)
      : name === field && [mine, theirs].some((side) => jsonEqual(side, value)),
  );
};

const wasEverSaid = async ({ engine, space }: WeekdayServer, { collection, id, field, value }: Intent): Promise<boolean> => {
  const history = await engine.history(space, { collection, id, limit: 1_000 });
  return history.ok && history.value.entries.some(({ fields }) => memberIs(fields ?? null, field, value));
};

test(`five devices offline for a day, ${EDITS} edits, seed ${SEED}: all equal, and every dropped value explained`, async () => {
  const server = await openWeekdayServer('sqlite');
  const devices = await Promise.all(NAMES.map((name) => server.device(name)));
  const [first] = devices;
  for (const { collection, id, fields } of firstRecords()) {
    const wrote = await first?.client.collection<keyof typeof weekday.collections>(collection).put(fields, id);
    expect(wrote).toMatchObject({ ok: true });
  }
  await syncAll(devices);
  for (const device of devices) device.online = false;
  const random = randomOf(SEED);
  const said = new Map<Device, readonly Intent[]>();
  for (const [place, device] of devices.entries()) {
    said.set(device, await liveADay(device, NAMES[place] ?? '', EDITS / NAMES.length, random));
  }
  for (const device of devices) device.online = true;
  await syncAll(devices);
  const texts = new Set(devices.map(shown));
  expect(texts.size).toBe(1);
  for (const list of ['schedule_blocks', 'supplements', 'meals', 'workout_programs'] as const) {
    const orders = new Set(
      devices.map(({ client }) =>
        inOrder(client.collection(list).list())
          .map(({ id }) => id)
          .join(' '),
      ),
    );
    expect(orders.size).toBe(1);
  }
  const conflicts = await allConflicts(server);
  const lost: Intent[] = [];
  for (const [device, intents] of said) {
    for (const intent of lastOf(intents)) {
      // A tick, or a place, that went there and back is equal to what others saw: no edit against theirs. The history has it.
      const isUnique = typeof intent.value === 'string' && intent.field !== 'order';
      const isFound = isKept(device, conflicts, intent) || (!isUnique && (await wasEverSaid(server, intent)));
      if (!isFound) lost.push(intent);
    }
  }
  expect(lost).toEqual([]);
  expect(conflicts.filter(({ state }) => state === 'open').length).toBe(first?.client.status().openConflicts);
  expect(conflicts.some(({ field, state }) => field === 'order' && state === 'resolved')).toBe(true);
  const verified = await server.engine.verify(server.space);
  expect(verified.problems).toEqual([]);
});
