import { isJsonObject, type Json, type JsonObject } from '@tidemark/protocol';

// A phone that does what the app in people's hands does, call by call: it sends all its pieces every time and decodes strictly.
// It was written after the app's public source, not copied from it.

/** A piece as the phone keeps it. Dates are milliseconds by its own clock. */
export interface LocalPiece {
  readonly id: string;
  title: string;
  category: string;
  lyrics: string;
  language: string;
  englishTranslation: string | undefined;
  author: string | undefined;
  sourceUrl: string | undefined;
  notes: string | undefined;
  includeInPractice: boolean;
  isFavorite: boolean;
  createdAt: number;
  updatedAt: number;
  lastSyncedAt: number | undefined;
  version: number;
  locallyModified: boolean;
}

export interface LocalSession {
  readonly id: string;
  readonly pieceId: string;
  readonly startTime: number;
  endTime: number | undefined;
  isSynced: boolean;
}

/** What happens to one request: nothing, lost on the way there, or lost on the way back. */
export type Fate = 'pass' | 'dropRequest' | 'dropAnswer';

/** What a phone needs of a server, in this process or in another one. */
export interface PhoneServer {
  /** The time by which phones go whose own clock is right, in milliseconds. */
  readonly clock: { readonly wall: number };
  request(method: string, path: string, body?: string, user?: string): Promise<Response>;
}

export interface IosDevice {
  readonly pieces: LocalPiece[];
  readonly sessions: LocalSession[];
  /** In memory only, as in the app: gone when it starts again. */
  lastSyncedAt: number | undefined;
  /** Milliseconds by which the phone's clock is off. */
  skew: number;
  now(): number;
  add(id: string, fields: Partial<LocalPiece>): LocalPiece;
  /** A local edit as the app makes one. */
  edit(piece: LocalPiece, change: Partial<LocalPiece>): void;
  /** One round of the app's sync; false where it failed. `fate` decides about the two requests, `during` runs while the first is out. */
  sync(fate?: (path: string) => Fate, during?: () => void): Promise<boolean>;
  /** The app is closed and opened again. */
  reopen(): void;
  /** A copy of all the phone keeps. */
  backup(): string;
  restore(backup: string): void;
}

/** `Date.ISO8601Format()`: whole seconds. */
const format = (time: number): string => `${new Date(Math.floor(time / 1_000) * 1_000).toISOString().slice(0, 19)}Z`;

/** `ISO8601DateFormatter` with fractional seconds reads no other form; undefined as nil. */
const parseFractional = (text: string): number | undefined => (/T\d\d:\d\d:\d\d\.\d+Z$/.test(text) ? Date.parse(text) : undefined);
const parseWhole = (text: string): number | undefined => (/T\d\d:\d\d:\d\dZ$/.test(text) ? Date.parse(text) : undefined);

const fail = (what: string): never => {
  throw new Error(`The app cannot decode this answer: ${what}`);
};

const member = <T extends 'string' | 'number' | 'boolean'>(object: JsonObject, name: string, type: T) => {
  const value = object[name];
  if (typeof value !== type) fail(`${name} is ${JSON.stringify(value)}`);
  return value;
};
const string = (object: JsonObject, name: string): string => String(member(object, name, 'string'));
const number = (object: JsonObject, name: string): number => Number(member(object, name, 'number'));
const boolean = (object: JsonObject, name: string): boolean => member(object, name, 'boolean') === true;
const optional = (object: JsonObject, name: string): string | undefined =>
  object[name] === undefined || object[name] === null ? undefined : string(object, name);
const objects = (object: JsonObject, name: string): readonly JsonObject[] => {
  const list: readonly Json[] = Array.isArray(object[name]) ? object[name] : fail(`${name} is no list`);
  return list.map((one) => (isJsonObject(one) ? one : fail(`${name} holds no object`)));
};
const strings = (object: JsonObject, name: string): readonly string[] => {
  const list: readonly Json[] = Array.isArray(object[name]) ? object[name] : fail(`${name} is no list`);
  return list.map((one) => (typeof one === 'string' ? one : fail(`${name} holds no text`)));
};

const decodePiece = (piece: JsonObject) => {
  if (!Number.isInteger(piece.version)) fail('version is no Int');
  optional(piece, 'lastSyncedAt');
  string(piece, 'userId');
  boolean(piece, 'locallyModified');
  return {
    pieceId: string(piece, 'pieceId'),
    title: string(piece, 'title'),
    category: string(piece, 'category'),
    lyrics: string(piece, 'lyrics'),
    language: optional(piece, 'language'),
    englishTranslation: optional(piece, 'englishTranslation'),
    author: optional(piece, 'author'),
    sourceUrl: optional(piece, 'sourceUrl'),
    notes: optional(piece, 'notes'),
    includeInPractice: boolean(piece, 'includeInPractice'),
    isFavorite: boolean(piece, 'isFavorite'),
    createdAt: string(piece, 'createdAt'),
    modifiedAt: string(piece, 'modifiedAt'),
    version: number(piece, 'version'),
  };
};
type DecodedPiece = ReturnType<typeof decodePiece>;

const encodePiece = (piece: LocalPiece, userId: string): JsonObject => {
  const { id, createdAt, updatedAt, lastSyncedAt, ...rest } = piece;
  const known = Object.fromEntries(Object.entries(rest).flatMap(([name, value]) => (value === undefined ? [] : [[name, value]])));
  const synced = lastSyncedAt === undefined ? {} : { lastSyncedAt: format(lastSyncedAt) };
  return { ...known, pieceId: id, userId, createdAt: format(createdAt), modifiedAt: format(updatedAt), ...synced };
};

/** Foundation's JSONEncoder escapes slashes. */
const encode = (value: JsonObject): string => JSON.stringify(value).replaceAll('/', '\\/');

const takeContent = (piece: LocalPiece, server: DecodedPiece): void => {
  const { title, category, lyrics, englishTranslation, author, sourceUrl, notes, includeInPractice, isFavorite, version } = server;
  const language = server.language ?? 'haw';
  Object.assign(piece, { title, category, lyrics, language, englishTranslation, author, sourceUrl, notes });
  Object.assign(piece, { includeInPractice, isFavorite, version });
};

interface Phone {
  readonly server: PhoneServer;
  readonly user: string;
  readonly device: IosDevice;
}

const post = async ({ server, user }: Phone, path: string, body: JsonObject, fate: Fate): Promise<JsonObject> => {
  if (fate === 'dropRequest') throw new Error('connection refused');
  const response = await server.request('POST', path, encode(body), user);
  if (fate === 'dropAnswer') throw new Error('connection reset');
  if (response.status !== 200) throw new Error(`${path} answers ${response.status}: ${await response.text()}`);
  const answer: unknown = await response.json();
  return isJsonObject(answer) ? answer : fail('no object');
};

const takeServerPiece = ({ device }: Phone, server: DecodedPiece, local: readonly LocalPiece[]): void => {
  const modifiedAt = parseFractional(server.modifiedAt) ?? parseWhole(server.modifiedAt) ?? 0;
  const existing = local.find(({ id }) => id === server.pieceId);
  if (existing !== undefined) {
    const isNewer = server.version > existing.version;
    const isSame = server.version === existing.version && modifiedAt > existing.updatedAt && !existing.locallyModified;
    if (!isNewer && !isSame) return;
    takeContent(existing, server);
    existing.lastSyncedAt = device.now();
    if (!existing.locallyModified) existing.updatedAt = modifiedAt;
    return;
  }
  const createdAt = parseFractional(server.createdAt) ?? device.now();
  const fresh: LocalPiece = { ...emptyPiece(server.pieceId.toUpperCase(), device.now()), createdAt, lastSyncedAt: device.now() };
  takeContent(fresh, server);
  Object.assign(fresh, { updatedAt: parseFractional(server.modifiedAt) ?? device.now(), locallyModified: false });
  device.pieces.push(fresh);
};

const syncPieces = async (phone: Phone, fate: Fate, during: () => void): Promise<string> => {
  const { device, user } = phone;
  const local = [...device.pieces];
  const asked = device.lastSyncedAt === undefined ? {} : { lastSyncedAt: format(device.lastSyncedAt) };
  const body = { operation: 'sync', pieces: local.map((piece) => encodePiece(piece, user)), ...asked };
  const answering = post(phone, '/pieces', body, fate);
  during();
  const answer = await answering;
  const updated = objects(answer, 'updatedPieces').map(decodePiece);
  const syncedAt = string(answer, 'syncedAt');
  strings(answer, 'uploadedPieces');
  for (const one of objects(answer, 'serverPieces').map(decodePiece)) takeServerPiece(phone, one, local);
  for (const { pieceId, version, modifiedAt } of updated) {
    const piece = local.find(({ id }) => id === pieceId);
    if (piece === undefined) continue;
    Object.assign(piece, { version, lastSyncedAt: device.now(), locallyModified: false });
    piece.updatedAt = parseFractional(modifiedAt) ?? piece.updatedAt;
  }
  return syncedAt;
};

const takeServerSession = (sessions: LocalSession[], server: JsonObject): void => {
  const id = string(server, 'sessionId').toUpperCase();
  const startedAt = string(server, 'startedAt');
  // The app reads the end by the form that the start had.
  const parse = parseFractional(startedAt) === undefined ? parseWhole : parseFractional;
  const endedAt = optional(server, 'endedAt');
  if (sessions.some((known) => known.id === id)) return;
  const startTime = parse(startedAt) ?? fail('startedAt');
  const endTime = endedAt === undefined ? undefined : parse(endedAt);
  sessions.push({ id, pieceId: string(server, 'pieceId').toUpperCase(), startTime, endTime, isSynced: true });
};

const syncSessions = async (phone: Phone, fate: Fate): Promise<void> => {
  const { sessions } = phone.device;
  const unsynced = sessions.filter(({ isSynced }) => !isSynced);
  const sent = unsynced.map(({ id, pieceId, startTime, endTime }) => ({
    sessionId: id,
    userId: phone.user,
    pieceId,
    startedAt: format(startTime),
    ...(endTime === undefined ? {} : { endedAt: format(endTime) }),
    createdAt: format(startTime),
  }));
  const answer = await post(phone, '/sessions', { sessions: sent }, fate);
  string(answer, 'syncedAt');
  for (const id of strings(answer, 'uploadedSessions')) {
    const session = unsynced.find((one) => one.id === id.toUpperCase());
    if (session !== undefined) session.isSynced = true;
  }
  for (const one of objects(answer, 'serverSessions')) takeServerSession(sessions, one);
};

export const openIosDevice = (server: PhoneServer, user = 'ada', skew = 0): IosDevice => {
  const device: IosDevice = {
    pieces: [],
    sessions: [],
    lastSyncedAt: undefined,
    skew,
    now: () => server.clock.wall + device.skew,
    add: (id, fields) => {
      const piece = { ...emptyPiece(id, device.now()), ...fields };
      device.pieces.push(piece);
      return piece;
    },
    edit: (piece, change) => {
      Object.assign(piece, change, { updatedAt: device.now(), locallyModified: true, version: piece.version + 1 });
    },
    sync: async (fate = () => 'pass', during = () => undefined) => {
      const phone = { server, user, device };
      try {
        const syncedAt = await syncPieces(phone, fate('/pieces'), during);
        await syncSessions(phone, fate('/sessions'));
        device.lastSyncedAt = parseFractional(syncedAt) ?? device.now();
        return true;
      } catch (error) {
        if (error instanceof Error && /^connection/.test(error.message)) return false;
        throw error;
      }
    },
    reopen: () => {
      device.lastSyncedAt = undefined;
    },
    backup: () => JSON.stringify({ pieces: device.pieces, sessions: device.sessions }),
    restore: (backup) => {
      const kept: { pieces: LocalPiece[]; sessions: LocalSession[] } = JSON.parse(backup);
      device.pieces.splice(0, device.pieces.length, ...kept.pieces);
      device.sessions.splice(0, device.sessions.length, ...kept.sessions);
      device.lastSyncedAt = undefined;
    },
  };
  return device;
};

const emptyPiece = (id: string, now: number): LocalPiece => ({
  id,
  title: 'Untitled',
  category: 'oli',
  lyrics: '',
  language: 'haw',
  englishTranslation: undefined,
  author: undefined,
  sourceUrl: undefined,
  notes: undefined,
  includeInPractice: true,
  isFavorite: false,
  createdAt: now,
  updatedAt: now,
  lastSyncedAt: undefined,
  version: 1,
  locallyModified: true,
});
