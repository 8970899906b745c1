import type { FamilyRow } from './rows.ts';
import { equalSecrets, hashSecret, macOf, newSecret, type RandomBytes } from './secrets.ts';
import { macBySigningKey, type SigningKey } from './signing-keys.ts';

/** Siblings that a family remembers: so many answers in a row may be lost, or tabs refresh at once. */
const CHILDREN_MAX = 16;
const PREFIX = 'tmr_';
const TAG_LENGTH = 22;
const SHAPE = /^tmr_([\w-]{22})\.([\w-]{22})\.(\d{1,12})\.([\w-]{43})([\w-]{22})([\w-]{22})$/;

/** A refresh token taken apart: `tmr_<account>.<family>.<generation>.<secret><vouch><tag>`. */
export interface RefreshToken {
  readonly text: string;
  readonly accountId: string;
  readonly familyId: string;
  readonly generation: number;
  readonly secret: string;
  /** Made with the signing key, which no backup holds: a token that is newer than the database was not made out of the database. */
  readonly vouch: string;
  readonly tag: string;
}

export const parseRefreshToken = (text: string): RefreshToken | undefined => {
  const [, accountId = '', familyId = '', generation, secret = '', vouch = '', tag = ''] = SHAPE.exec(text) ?? [];
  return generation === undefined ? undefined : { text, accountId, familyId, generation: Number(generation), secret, vouch, tag };
};

type Made = Pick<RefreshToken, 'familyId' | 'generation' | 'secret'>;

const vouchOf = (key: SigningKey, { familyId, generation, secret }: Made): string =>
  macBySigningKey(key, `refresh ${familyId}.${generation}.${secret}`).slice(0, TAG_LENGTH);

const tagOf = ({ tagKey }: Pick<FamilyRow, 'tagKey'>, { familyId, generation, secret, vouch }: Made & { readonly vouch: string }): string =>
  macOf(tagKey, `${familyId}.${generation}.${secret}${vouch}`).slice(0, TAG_LENGTH);

/** A fresh token of a family. Tag and vouch show later that it was ours, without it having been kept. */
export const mintRefreshToken = (
  family: Pick<FamilyRow, 'tagKey' | 'familyId' | 'accountId'>,
  generation: number,
  { randomBytes, key }: { readonly randomBytes: RandomBytes; readonly key: SigningKey },
): string => {
  const { accountId, familyId } = family;
  const made = { familyId, generation, secret: newSecret(randomBytes) };
  const vouched = { ...made, vouch: vouchOf(key, made) };
  return `${PREFIX}${accountId}.${familyId}.${generation}.${made.secret}${vouched.vouch}${tagOf(family, vouched)}`;
};

/** The generation of the token that is minted next: every one has its own, so that a newer one is told from a dead one. */
export const nextGeneration = (family: FamilyRow, presented: RefreshToken): number => Math.max(family.generation, presented.generation) + 1;

/** What a session is measured by: the wall clock, the longest pause in milliseconds, and the account's sessionsVersion. */
export interface FamilyLimits {
  readonly now: number;
  readonly idleMs: number;
  readonly sessionsVersion: number;
}

/** Has the session not ended: not revoked, not over, and not idle for too long? */
export const isOpen = (family: FamilyRow, { now, idleMs, sessionsVersion }: FamilyLimits): boolean =>
  family.revoked === undefined && family.sessionsVersion === sessionsVersion && family.endsAt > now && family.usedAt + idleMs > now;

/** What a token means for its family. */
export type Verdict = 'rotate' | 'again' | 'keep' | 'reused' | 'ended' | 'foreign';

/**
 * - `rotate`: one of the newest tokens. It becomes the parent, and a new child is minted. A token of ours that is newer than all
 *   the family knows of is one too, if a signing key vouches for it: the server was restored from a backup, and nobody shall be
 *   signed out by that.
 * - `again`: the parent, none of whose children was used: the answer was lost, or another tab asked at the same time.
 *   Another child is minted beside them. Whichever child is used first becomes the parent, and its siblings die.
 * - `keep`: the one token of a family that does not rotate.
 * - `reused`: a token of ours that is older than that, or the sibling of a used one: two parties hold this family.
 * - `ended`: the family was revoked, or its time is over. `foreign`: no token of this family ever, as far as can be known.
 */
export const judge = (family: FamilyRow, token: RefreshToken, limits: FamilyLimits, keys: readonly SigningKey[]): Verdict => {
  if (token.familyId !== family.familyId || !equalSecrets(tagOf(family, token), token.tag)) return 'foreign';
  // The key of the tag is in the database and so in every copy of it: by itself it makes nothing new believed.
  const isNewer = token.generation > family.generation;
  if (isNewer && !keys.some((key) => equalSecrets(vouchOf(key, token), token.vouch))) return 'foreign';
  if (!isOpen(family, limits)) return 'ended';
  const hash = hashSecret(token.text);
  const isChild = family.children.some((child) => equalSecrets(child, hash));
  if (!family.rotates) return isChild ? 'keep' : 'reused';
  if (isChild || isNewer) return 'rotate';
  return family.parent !== null && equalSecrets(family.parent, hash) ? 'again' : 'reused';
};

/** The family after `verdict`, with the new child. */
export const exchange = (
  family: FamilyRow,
  verdict: 'rotate' | 'again',
  presented: RefreshToken,
  child: string,
  now: number,
): FamilyRow => {
  const next = { ...family, generation: nextGeneration(family, presented), usedAt: now };
  const minted = hashSecret(child);
  return verdict === 'rotate'
    ? { ...next, parent: hashSecret(presented.text), children: [minted] }
    : { ...next, children: [...family.children, minted].slice(-CHILDREN_MAX) };
};
