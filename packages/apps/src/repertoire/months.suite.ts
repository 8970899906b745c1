import { isJsonObject, type JsonObject } from '@tidemark/protocol';
import { expect } from 'vitest';
import { type Fate, type IosDevice, type LocalPiece, type LocalSession, openIosDevice, type PhoneServer } from './ios-device.suite.ts';

// Weeks of three phones of one person, as a seed draws them: offline days, clocks hours off, lost answers, an app that is closed and
// opened, a phone that comes back from a backup. What each did is remembered, and held against what is there at the end.

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const STEPS = 60;
const SCALARS = ['title', 'author', 'englishTranslation', 'sourceUrl'] as const;
const TEXTS = ['lyrics', 'notes'] as const;
type Scalar = (typeof SCALARS)[number];
type Text = (typeof TEXTS)[number];

/** Mulberry32: small, and the same everywhere. */
const createRandom = (seed: number) => {
  let state = seed >>> 0;
  const next = (): number => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = Math.imul(state ^ (state >>> 15), state | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296;
  };
  const below = (max: number): number => Math.floor(next() * max);
  const pick = <T>(list: readonly T[]): T => {
    const one = list[below(list.length)];
    if (one === undefined) throw new Error('nothing to pick from');
    return one;
  };
  return { below, pick, chance: (part: number) => next() < part };
};
type Random = ReturnType<typeof createRandom>;

/** One value that somebody wrote: a whole field, or one line of a text. */
interface Written {
  readonly pieceId: string;
  readonly field: Scalar | Text;
  readonly value: string;
  /** Somebody who had it before them replaced it. */
  isReplaced: boolean;
  /** The server got it, or it stands on a phone that still has it. */
  isDelivered: boolean;
}

/** A server that may be restarted, and whose phones' time a world moves. */
export interface MonthsServer extends PhoneServer {
  readonly clock: { wall: number };
  restart(): Promise<void>;
}

interface World {
  readonly server: MonthsServer;
  /** Of 100 steps, how many restart the server. */
  readonly restarts: number;
  readonly devices: readonly IosDevice[];
  readonly random: Random;
  readonly written: Map<string, Written>;
  readonly practised: Map<string, LocalSession>;
  /** Ids of sessions that the server was given. */
  readonly delivered: Set<string>;
  readonly backups: Map<IosDevice, string>;
  readonly offline: Set<IosDevice>;
  count: number;
}

const uuidOf = (random: Random): string => {
  const hex = (length: number) => Array.from({ length }, () => random.below(16).toString(16)).join('');
  return `${hex(8)}-${hex(4)}-4${hex(3)}-8${hex(3)}-${hex(12)}`.toUpperCase();
};

const nextValue = (world: World): string => {
  world.count += 1;
  return `w${world.count}`;
};

const linesOf = (text: string | undefined): readonly string[] => (text === undefined || text === '' ? [] : text.split('\n'));

const note = (world: World, piece: LocalPiece, field: Written['field'], value: string): void => {
  world.written.set(value, { pieceId: piece.id, field, value, isReplaced: false, isDelivered: false });
};

const replace = (world: World, value: string | undefined): void => {
  const known = value === undefined ? undefined : world.written.get(value);
  if (known !== undefined) known.isReplaced = true;
};

const editScalar = (world: World, device: IosDevice, piece: LocalPiece): void => {
  const field = world.random.pick(SCALARS);
  const value = nextValue(world);
  replace(world, piece[field]);
  note(world, piece, field, value);
  device.edit(piece, { [field]: value });
};

/** Adds a line somewhere, or writes one anew. */
const editText = (world: World, device: IosDevice, piece: LocalPiece): void => {
  const { random } = world;
  const field = random.pick(TEXTS);
  const lines = [...linesOf(piece[field])];
  const value = nextValue(world);
  note(world, piece, field, value);
  const at = random.below(lines.length + 1);
  const isNew = at === lines.length || random.chance(0.6);
  if (!isNew) replace(world, lines[at]);
  lines.splice(at, isNew ? 0 : 1, value);
  device.edit(piece, { [field]: lines.join('\n') });
};

const editOne = (world: World, device: IosDevice): void => {
  const { random } = world;
  if (device.pieces.length === 0) return;
  const piece = random.pick(device.pieces);
  const kind = random.below(10);
  if (kind < 4) editScalar(world, device, piece);
  else if (kind < 8) editText(world, device, piece);
  else if (kind < 9) device.edit(piece, { isFavorite: !piece.isFavorite });
  else device.edit(piece, {});
};

const addPiece = (world: World, device: IosDevice): void => {
  const value = nextValue(world);
  const piece = device.add(uuidOf(world.random), { title: value, category: world.random.pick(['oli', 'mele']) });
  note(world, piece, 'title', value);
};

const practise = (world: World, device: IosDevice): void => {
  const { random } = world;
  if (device.pieces.length === 0) return;
  const startTime = device.now();
  const endTime = random.chance(0.9) ? startTime + random.below(HOUR_MS) : undefined;
  const session = { id: uuidOf(random), pieceId: random.pick(device.pieces).id, startTime, endTime, isSynced: false };
  device.sessions.push(session);
  world.practised.set(session.id, { ...session });
};

/** What somebody wrote that a phone holds. */
const held = (world: World, device: IosDevice): readonly Written[] => {
  const values = device.pieces.flatMap((piece) => [
    ...SCALARS.map((field) => piece[field]),
    ...TEXTS.flatMap((field) => linesOf(piece[field])),
  ]);
  return values.flatMap((value) => world.written.get(value ?? '') ?? []);
};

const sync = async (world: World, device: IosDevice, fates: readonly Fate[]): Promise<boolean> => {
  const before = held(world, device);
  const sessions = device.sessions.map(({ id }) => id);
  return device.sync((path) => {
    const fate = world.offline.has(device) ? 'dropRequest' : world.random.pick(fates);
    if (fate === 'dropRequest') return fate;
    if (path === '/pieces') for (const one of before) one.isDelivered = true;
    else for (const id of sessions) world.delivered.add(id);
    return fate;
  });
};

/** The phone comes back from a backup: what only it had since is gone with it, and nobody can be asked for it. */
const restore = (world: World, device: IosDevice): void => {
  const backup = world.backups.get(device);
  if (backup === undefined) return;
  for (const one of held(world, device)) if (!one.isDelivered) world.written.delete(one.value);
  for (const { id } of device.sessions) if (!world.delivered.has(id)) world.practised.delete(id);
  device.restore(backup);
  for (const { id } of device.sessions) if (!world.practised.has(id)) world.practised.set(id, session(id, device));
};

const session = (id: string, device: IosDevice): LocalSession => {
  const found = device.sessions.find((one) => one.id === id);
  if (found === undefined) throw new Error('The phone has no such session.');
  return { ...found };
};

const step = async (world: World): Promise<void> => {
  const { random, server, offline } = world;
  const device = random.pick(world.devices);
  server.clock.wall += random.below(random.chance(0.2) ? 8 * HOUR_MS : 2 * MINUTE_MS);
  const kind = random.below(99 + world.restarts);
  if (kind < 8) addPiece(world, device);
  else if (kind < 45) editOne(world, device);
  else if (kind < 53) practise(world, device);
  else if (kind < 85) await sync(world, device, ['pass', 'pass', 'pass', 'pass', 'dropRequest', 'dropAnswer']);
  else if (kind < 89) device.reopen();
  else if (kind < 93) void (offline.delete(device) || offline.add(device));
  else if (kind < 95) world.backups.set(device, device.backup());
  else if (kind < 97) restore(world, device);
  else if (kind < 98) device.skew = (random.below(11) - 5) * HOUR_MS;
  else if (kind < 98 + world.restarts) await server.restart();
};

const content = ({ title, category, lyrics, language, englishTranslation, author, sourceUrl, notes, ...rest }: LocalPiece) => ({
  ...{ title, category, lyrics, language, englishTranslation, author, sourceUrl, notes },
  ...{ includeInPractice: rest.includeInPractice, isFavorite: rest.isFavorite },
});

const contents = (device: IosDevice) => Object.fromEntries(device.pieces.map((piece) => [piece.id, content(piece)]).sort());

/** Every phone syncs until none has anything to tell. */
const settle = async (world: World): Promise<void> => {
  world.offline.clear();
  for (let round = 0; round < 3; round += 1) {
    for (const device of world.devices) {
      world.server.clock.wall += 5 * MINUTE_MS;
      expect(await sync(world, device, ['pass'])).toBe(true);
    }
  }
};

const answerOf = async (response: Response): Promise<JsonObject> => {
  const body: unknown = await response.json();
  if (response.status !== 200 || !isJsonObject(body)) throw new Error(`${response.status} ${JSON.stringify(body)}`);
  return body;
};

/** Every value of a text or field that a conflict kept. */
const keptInConflicts = async (server: MonthsServer): Promise<ReadonlySet<string>> => {
  const kept = new Set<string>();
  for (let after = ''; ; ) {
    const page = await answerOf(await server.request('GET', `/sync/conflicts?state=all&limit=100${after}`));
    for (const conflict of Array.isArray(page.conflicts) ? page.conflicts.filter(isJsonObject) : []) {
      const { id, field, mine, theirs } = conflict;
      for (const value of [mine, theirs])
        for (const line of linesOf(typeof value === 'string' ? value : '')) kept.add(`${String(id)} ${String(field)} ${line}`);
    }
    if (typeof page.nextAfter !== 'string') return kept;
    after = `&after=${encodeURIComponent(page.nextAfter)}`;
  }
};

const checkEdits = async ({ server, devices: [device], written }: World, seed: number): Promise<void> => {
  const kept = await keptInConflicts(server);
  for (const { pieceId, field, value, isReplaced } of written.values()) {
    if (isReplaced || kept.has(`${pieceId} ${field} ${value}`)) continue;
    const piece = device?.pieces.find(({ id }) => id === pieceId);
    const standing = linesOf(piece?.[field]);
    expect(standing, `seed ${seed}: ${field} of ${pieceId} lost ${value}`).toContain(value);
  }
};

const checkSessions = async ({ server, devices, practised }: World, seed: number): Promise<void> => {
  const whole = (time: number | undefined) => (time === undefined ? undefined : Math.floor(time / 1_000) * 1_000);
  const expected = [...practised.values()].map(({ id, pieceId, startTime, endTime }) => [id, pieceId, whole(startTime), whole(endTime)]);
  const body = await answerOf(await server.request('POST', '/sessions', '{"sessions":[]}'));
  const fresh = openIosDevice(server);
  await fresh.sync();
  expect(Array.isArray(body.serverSessions) ? body.serverSessions.length : -1, `seed ${seed}`).toBe(expected.length);
  for (const device of [...devices, fresh]) {
    const has = device.sessions.map(({ id, pieceId, startTime, endTime }) => [id, pieceId, whole(startTime), whole(endTime)]);
    expect(has.sort(), `seed ${seed}`).toEqual(expected.sort());
  }
  expect(contents(fresh), `seed ${seed}`).toEqual(devices[0] && contents(devices[0]));
};

/** Plays the weeks that a seed stands for, and holds the end against what every phone did. */
export const playMonths = async (seed: number, server: MonthsServer, restarts = 1): Promise<void> => {
  const random = createRandom(seed);
  const skew = () => (random.chance(0.5) ? 0 : (random.below(11) - 5) * HOUR_MS);
  const devices = [openIosDevice(server, 'ada', skew()), openIosDevice(server, 'ada', skew()), openIosDevice(server, 'ada', skew())];
  const world: World = {
    ...{ server, restarts, devices, random, count: 0 },
    written: new Map(),
    practised: new Map(),
    delivered: new Set(),
    backups: new Map(),
    offline: new Set(),
  };
  for (let i = 0; i < STEPS; i += 1) await step(world);
  await settle(world);
  const [first, ...others] = devices.map(contents);
  for (const other of others) expect(other, `seed ${seed}: all phones end equal`).toEqual(first);
  await checkEdits(world, seed);
  await checkSessions(world, seed);
};
