import { type Env, type JsonObject, jsonEqual, ok, type Result } from '@tidemark/protocol';
import { CONTENT } from '../piece-content.ts';
import type { Kept } from './kept.ts';

/** What a person writes. */
export interface PieceContent {
  readonly title: string;
  readonly category: 'oli' | 'mele';
  readonly lyrics: string;
  readonly language?: string;
  readonly englishTranslation?: string;
  readonly author?: string;
  readonly sourceUrl?: string;
  readonly notes?: string;
  readonly includeInPractice: boolean;
  readonly isFavorite: boolean;
}

/** A piece on this device. Times are ISO 8601. */
export interface LocalPiece extends PieceContent {
  readonly pieceId: string;
  readonly createdAt: string;
  readonly modifiedAt: string;
  /** The server's, plus one for each edit since. */
  readonly version: number;
  readonly locallyModified: boolean;
}

export interface PieceRepository {
  fetchAll(): readonly LocalPiece[];
  get(pieceId: string): LocalPiece | undefined;
  /** Creates a piece, or edits the one of that id: members that are left out stay, undefined clears. Refused with STORAGE_FULL. */
  save(content: PieceContent | (Partial<PieceContent> & { readonly pieceId: string })): Result<LocalPiece>;
  /**
   * Takes the server's piece. `sent` is what this device had uploaded, if it did: what was edited since is kept on top of it, and
   * goes out next. A piece that waits to be uploaded is left alone; its upload brings the server's part.
   */
  take(server: LocalPiece, sent?: LocalPiece): Result<void>;
}

const KEY = 'piece/';

const contentOf = (piece: LocalPiece): JsonObject => JSON.parse(JSON.stringify(piece));

/** The server's piece with what was edited here after `sent` on top. */
const rebase = (server: LocalPiece, sent: LocalPiece, mine: LocalPiece): LocalPiece => {
  const [before, now] = [contentOf(sent), contentOf(mine)];
  const edited = CONTENT.filter((field) => !jsonEqual(before[field], now[field]));
  const { modifiedAt, version } = mine;
  const next = { ...server, modifiedAt, version: server.version + (version - sent.version), locallyModified: true };
  return Object.assign(next, Object.fromEntries(edited.map((field) => [field, mine[field]])));
};

const fresh = { language: 'haw', includeInPractice: true, isFavorite: false, lyrics: '', title: '', category: 'oli' as const };

/** `onSaved` hears of each piece that a person wrote. */
export const createPieceRepository = (kept: Kept, env: Pick<Env, 'wall' | 'uuid'>, onSaved: (pieceId: string) => void): PieceRepository => {
  const get = (pieceId: string): LocalPiece | undefined => {
    const found = kept.get<JsonObject>(KEY + pieceId);
    return found === undefined ? undefined : JSON.parse(JSON.stringify(found));
  };
  const put = (piece: LocalPiece): Result<void> => kept.set(KEY + piece.pieceId, contentOf(piece));
  return {
    fetchAll: () => kept.list<JsonObject>(KEY).map(([, value]): LocalPiece => JSON.parse(JSON.stringify(value))),
    get,
    save: (content) => {
      const now = new Date(env.wall()).toISOString();
      const pieceId = 'pieceId' in content ? content.pieceId : env.uuid().toUpperCase();
      const before = get(pieceId);
      const base = before ?? { ...fresh, pieceId, createdAt: now, version: 0 };
      const piece = { ...base, ...content, pieceId, modifiedAt: now, version: base.version + 1, locallyModified: true };
      const stored = put(piece);
      if (!stored.ok) return stored;
      onSaved(pieceId);
      return ok(piece);
    },
    take: (server, sent) => {
      const mine = get(server.pieceId);
      if (mine === undefined || !mine.locallyModified) return put({ ...server, locallyModified: false });
      if (sent === undefined) return ok(undefined);
      return put(mine.version === sent.version ? { ...server, locallyModified: false } : rebase(server, sent, mine));
    },
  };
};
