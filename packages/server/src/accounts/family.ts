import type { FamilyRow } from './rows.ts';
import { equalSecrets, hashSecret, macOf, newSecret, type RandomBytes } from './secrets.ts';

/** Siblings that a family remembers: so many answers in a row may be lost, or tabs refresh at once. */
const CHILDREN_MAX = 16;
const PREFIX = 'tmr_';
const TAG_LENGTH = 22;
const SHAPE = /^tmr_([\w-]{22})\.([\w-]{22})\.([\w-]{43})([\w-]{22})$/;

/** A refresh token taken apart: `tmr_<account>.<family>.<secret><tag>`. */
export interface RefreshToken {
  readonly text: string;
  readonly accountId: string;
  readonly familyId: string;
  readonly secret: string;
  readonly tag: string;
}

export const parseRefreshToken = (text: string): RefreshToken | undefined => {
  const [, accountId, familyId, secret, tag] = SHAPE.exec(text) ?? [];
  return accountId === undefined || familyId === undefined || secret === undefined || tag === undefined
    ? undefined
    : { text, accountId, familyId, secret, tag };
};

const tagOf = (family: Pick<FamilyRow, 'tagKey' | 'familyId'>, secret: string): string =>
  macOf(family.tagKey, `${family.familyId}.${secret}`).slice(0, TAG_LENGTH);

/** A fresh token of a family. Its tag shows later that it was ours, without it having been kept. */
export const mintRefreshToken = (family: Pick<FamilyRow, 'tagKey' | 'familyId' | 'accountId'>, randomBytes: RandomBytes): string => {
  const secret = newSecret(randomBytes);
  return `${PREFIX}${family.accountId}.${family.familyId}.${secret}${tagOf(family, secret)}`;
};

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
 * - `rotate`: one of the newest tokens. It becomes the parent, and a new child is minted.
 * - `again`: the parent, none of whose children was used: the answer was lost, or another tab asked at the same time.
 *   Another child is minted beside them. Whichever child is used first becomes the parent, and its siblings die.
 * - `keep`: the one token of a family that does not rotate.
 * - `reused`: a token of ours that is older than that, or the sibling of a used one: two parties hold this family.
 * - `ended`: the family was revoked, or its time is over. `foreign`: no token of this family ever.
 */
export const judge = (family: FamilyRow, token: RefreshToken, limits: FamilyLimits): Verdict => {
  if (!equalSecrets(tagOf(family, token.secret), token.tag)) return 'foreign';
  if (!isOpen(family, limits)) return 'ended';
  const hash = hashSecret(token.text);
  const isChild = family.children.some((child) => equalSecrets(child, hash));
  if (!family.rotates) return isChild ? 'keep' : 'reused';
  if (isChild) return 'rotate';
  return family.parent !== null && equalSecrets(family.parent, hash) ? 'again' : 'reused';
};

/** The family after `verdict`, with the new child. */
export const exchange = (family: FamilyRow, verdict: 'rotate' | 'again', presented: string, child: string, now: number): FamilyRow => {
  const minted = hashSecret(child);
  return verdict === 'rotate'
    ? { ...family, generation: family.generation + 1, parent: hashSecret(presented), children: [minted], usedAt: now }
    : { ...family, children: [...family.children, minted].slice(-CHILDREN_MAX), usedAt: now };
};
