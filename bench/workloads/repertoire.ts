import { now, timed } from '../platform/clock.ts';
import { type Connection, connect } from '../platform/http.ts';
import { median, quantile } from '../statistics.ts';
import { startTidemark } from '../tidemark-server.ts';
import type { Bench, Measured, Workload } from '../workload.ts';

const APP = 'repertoire';
const USER = 'ann';
const SESSIONS_CHUNK = 10_000;
const TIME = '2026-03-01T10:00:00Z';

const uuidOf = (i: number): string => `3F2504E0-4F89-41D3-9A0C-${i.toString(16).toUpperCase().padStart(12, '0')}`;

const pieceOf = (i: number) => ({
  pieceId: uuidOf(i),
  userId: USER,
  title: `Mele ${i}`,
  category: 'mele',
  lyrics: Array.from({ length: 12 }, (_, line) => `Line ${line} of ${i}, e ō mai`).join('\n'),
  language: 'haw',
  includeInPractice: true,
  isFavorite: i % 7 === 0,
  createdAt: TIME,
  modifiedAt: TIME,
  version: 1,
  locallyModified: true,
});

const sessionOf = (i: number, pieces: number) => ({
  sessionId: uuidOf(i),
  userId: USER,
  pieceId: uuidOf(i % pieces),
  startedAt: TIME,
  endedAt: '2026-03-01T10:20:00Z',
  createdAt: TIME,
});

interface PiecesAnswer {
  readonly syncedAt: string;
  readonly updatedPieces: readonly object[];
}

const post = async (connection: Connection, path: string, body: object): Promise<PiecesAnswer> =>
  JSON.parse(await connection.call('POST', path, JSON.stringify(body)));

const fill = async (connection: Connection, pieces: number, sessions: number): Promise<readonly object[]> => {
  const { updatedPieces, syncedAt } = await post(connection, '/pieces', { pieces: Array.from({ length: pieces }, (_, i) => pieceOf(i)) });
  for (let from = 0; from < sessions; from += SESSIONS_CHUNK) {
    const chunk = Array.from({ length: Math.min(SESSIONS_CHUNK, sessions - from) }, (_, k) => sessionOf(from + k, pieces));
    await post(connection, '/sessions', { sessions: chunk, lastSyncedAt: syncedAt });
  }
  return updatedPieces;
};

const sample = async (times: number, call: () => Promise<unknown>): Promise<readonly number[]> => {
  const all: number[] = [];
  for (let i = 0; i < times; i += 1) all.push(await timed(call));
  return all;
};

const run = async ({ quick, profile }: Bench): Promise<readonly Measured[]> => {
  const [pieces, sessions] = quick ? [1_000, 10_000] : [5_000, 50_000];
  const server = await startTidemark(profile === undefined ? {} : { profile });
  const connection = connect(`${server.url}/apps/${APP}`, { authorization: `Bearer ${await server.tokenOf(USER, APP)}` });
  const updated = await fill(connection, pieces, sessions);
  const { syncedAt } = await post(connection, '/pieces', { operation: 'download' });
  // What a phone with nothing to say sends every five minutes: all its pieces, and no session; it never sends lastSyncedAt with these.
  const idlePieces = JSON.stringify({ operation: 'sync', pieces: updated, lastSyncedAt: syncedAt.replace('.000Z', 'Z') });
  const idleSessions = JSON.stringify({ sessions: [] });
  const times = quick ? 10 : 40;
  const piecesMs = await sample(times, () => connection.call('POST', '/pieces', idlePieces));
  const sessionsMs = await sample(times, () => connection.call('POST', '/sessions', idleSessions));
  const restartedMs = await sample(3, () => connection.call('POST', '/pieces', JSON.stringify({ operation: 'sync', pieces: updated })));
  const began = now();
  await Promise.all([connection.call('POST', '/pieces', idlePieces), connection.call('POST', '/sessions', idleSessions)]);
  const wholeMs = now() - began;
  connection.close();
  await server.stop();
  const of = `of ${pieces.toLocaleString('en')} pieces and ${sessions.toLocaleString('en')} sessions`;
  return [
    { id: 'P idle', what: `an idle POST /pieces ${of}, p50`, unit: 'ms', value: median(piecesMs) },
    { id: 'P idle p99', what: 'the same, p99', unit: 'ms', value: quantile(piecesMs, 0.99) },
    {
      id: 'P sessions',
      what: `POST /sessions without lastSyncedAt, all ${sessions.toLocaleString('en')} answered, p50`,
      unit: 'ms',
      value: median(sessionsMs),
    },
    { id: 'P round', what: 'both, as a phone syncs', unit: 'ms', value: wholeMs },
    { id: 'P opened', what: 'POST /pieces of an app just opened (no lastSyncedAt), p50', unit: 'ms', value: median(restartedMs) },
  ];
};

export const repertoire: Workload = { id: 'P', title: 'syncs of the repertoire', run };
