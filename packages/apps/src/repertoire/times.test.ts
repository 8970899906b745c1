import { isJsonObject, type Json, type JsonObject } from '@tidemark/protocol';
import { describe, expect, test } from 'vitest';
import { openRepertoireServer, STORAGES } from './repertoire-server.suite.ts';

const ID = '3F2504E0-4F89-41D3-9A0C-0305E82C3301';

const piece = (change: JsonObject): JsonObject => ({
  ...{ pieceId: ID, title: 'Oli Aloha', category: 'oli', lyrics: '', includeInPractice: true, isFavorite: false },
  ...{ createdAt: '2025-06-18T12:34:56Z', modifiedAt: '2025-06-18T12:34:56Z', version: 1, locallyModified: true },
  ...change,
});

const only = (list: Json | undefined): JsonObject => {
  const [one, ...more] = Array.isArray(list) ? list : [];
  if (!isJsonObject(one) || more.length > 0) throw new Error(`not one: ${JSON.stringify(list)}`);
  return one;
};

const idOf = (i: number): string => ID.replace('3301', `${3301 + i}`);

/** As they are sent, and as they are kept. The last ones are of a phone whose clock was lost, and of dates that were never set. */
const TIMES = [
  ['2025-06-18T12:34:56Z', '2025-06-18T12:34:56.000Z'],
  ['2025-06-18T12:34:56.7Z', '2025-06-18T12:34:56.700Z'],
  ['2025-06-18T12:34:56.789Z', '2025-06-18T12:34:56.789Z'],
  ['2025-06-18T12:34:56.789123Z', '2025-06-18T12:34:56.789Z'],
  ['2025-06-18T02:34:56-10:00', '2025-06-18T12:34:56.000Z'],
  ['2099-01-01T00:00:00Z', '2099-01-01T00:00:00.000Z'],
  ['1970-01-01T00:00:00Z', '1970-01-01T00:00:00.000Z'],
  ['1969-12-31T23:59:59Z', '1969-12-31T23:59:59.000Z'],
  ['0001-01-01T00:00:00Z', '0001-01-01T00:00:00.000Z'],
] as const;

describe.each(STORAGES)('on %s', (kind) => {
  test('times come with and without fractions and with any offset, and go out with milliseconds in UTC', async () => {
    const server = await openRepertoireServer({ kind });
    for (const [i, [sent, kept]] of TIMES.entries()) {
      const times = { pieceId: idOf(i), createdAt: sent, modifiedAt: sent };
      const { body } = await server.call('POST', '/pieces', { pieces: [piece(times)] });
      expect(only(body.updatedPieces), sent).toMatchObject({ pieceId: idOf(i), createdAt: kept });
      // An edit after it is taken too, whatever the clock says then.
      const again = piece({ ...times, title: 'Renamed', version: Number(only(body.updatedPieces).version) + 1 });
      expect(only((await server.call('POST', '/pieces', { pieces: [again] })).body.updatedPieces).title, sent).toBe('Renamed');
      const session = { sessionId: idOf(i), pieceId: ID, startedAt: sent, endedAt: sent, createdAt: sent };
      const practised = await server.call('POST', '/sessions', { sessions: [session] });
      expect([practised.body.uploadedSessions, practised.body.refusedSessions], sent).toEqual([[idOf(i)], undefined]);
      const { serverSessions } = (await server.call('POST', '/sessions', {})).body;
      expect(serverSessions).toContainEqual({ ...session, userId: 'ada', startedAt: kept, endedAt: kept, createdAt: kept });
    }
  });

  test('what is no time is refused with its piece, and the rest is stored', async () => {
    const server = await openRepertoireServer({ kind });
    const bad = [
      '',
      'today',
      '2025-06-18',
      '2025-06-18 12:34:56',
      '2025-02-30T00:00:00Z',
      '2025-06-18T12:34:56',
      '9999-12-31T23:59:59-12:00',
    ];
    const pieces = bad.map((createdAt, i) => piece({ pieceId: idOf(i), createdAt }));
    const { body } = await server.call('POST', '/pieces', { pieces: [...pieces, piece({ pieceId: idOf(99) })] });
    expect(body.uploadedPieces).toEqual([idOf(99)]);
    const why = { code: 'VALIDATION_FAILED', error: expect.stringContaining('createdAt') };
    expect(body.refusedPieces).toEqual(bad.map((_, i) => ({ pieceId: idOf(i), ...why })));
  });
});
