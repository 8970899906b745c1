import type { LocalConflict } from '@tidemark/client';
import type { Json } from '@tidemark/protocol';

/** One of the two edits, as the reader on this client sees it. */
export interface Side {
  /** 'here': written by this client. */
  readonly where: 'here' | 'elsewhere';
  /** The client that wrote it; '' where several were combined. */
  readonly clientId: string;
  readonly value: Json;
  /** The writer's clock, milliseconds. */
  readonly at: number;
  /** What a resolve has to choose to keep this side. */
  readonly choose: 'mine' | 'theirs';
  /** It is what the record holds now. */
  readonly stands: boolean;
}

/**
 * A conflict has the sides of the one who raised it; that may have been the other client. Here `mine` is what was
 * written here, where either was.
 */
export const sidesOf = (conflict: LocalConflict, clientId: string): { readonly mine: Side; readonly theirs: Side } => {
  const side = (choose: 'mine' | 'theirs'): Side => {
    const by = choose === 'mine' ? conflict.mineBy : conflict.theirsBy;
    const where = by.clientId === clientId ? 'here' : 'elsewhere';
    return { where, clientId: by.clientId, value: conflict[choose], at: by.at, choose, stands: conflict.outcome === choose };
  };
  const [raised, met] = [side('mine'), side('theirs')];
  return met.where === 'here' && raised.where !== 'here' ? { mine: met, theirs: raised } : { mine: raised, theirs: met };
};
