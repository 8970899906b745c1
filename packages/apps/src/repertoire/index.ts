export {
  CATEGORIES,
  ENDED_AT_SOURCES,
  PIECE_LIMITS,
  type Piece,
  type PieceFields,
  repertoire,
  type Session,
  type SessionFields,
} from './schema.ts';
