import { type ErrorCode, LIMITS, utf8Length } from '@tidemark/protocol';
import type { PushedMutation } from '@tidemark/protocol/messages';
import type { Refused } from './context.ts';
import type { Draft } from './draft.ts';
import type { Sender } from './plan-mutation.ts';
import { answerStored, type Content, NO_CONTENT, type Progress, planNew, storeRejection } from './verdicts.ts';

/** Mutations that stand together in a push and share `group`. */
export interface Group {
  readonly name: string;
  readonly members: readonly PushedMutation[];
  /** Of each member. */
  readonly contents: readonly Content[];
  /** More mutations of the group stand elsewhere in the push. */
  readonly isSplit: boolean;
}

/** What refuses a group: one mutation of it, or (undefined) the group as such. */
interface Culprit {
  readonly mutationId: string | undefined;
  readonly outcome: Refused;
}

const refused = (code: ErrorCode, message: string): Refused => ({ kind: 'rejected', code, message });

const GROUP_REFUSED = refused('GROUP_REFUSED', 'another mutation of the same group was refused');

export const groupOf = (mutation: PushedMutation | undefined): string | undefined =>
  mutation && 'group' in mutation ? mutation.group : undefined;

/** Why a group as a whole cannot be taken, if so. */
const checkGroup = ({ name, members, isSplit }: Group): Refused | undefined => {
  if (isSplit) return refused('GROUP_SPLIT', `the mutations of group ${name} do not stand together`);
  const bytes = members.reduce((sum, mutation) => sum + utf8Length(JSON.stringify(mutation)), 0);
  if (members.length <= LIMITS.groupMutationsMax && bytes <= LIMITS.groupBytesMax) return undefined;
  const message = `group ${name} has ${members.length} mutations and ${bytes} bytes; 40 and 512 KiB are the limits`;
  return refused('GROUP_TOO_LARGE', message);
};

/** Plans the members one after the other, until one is refused. */
const planMembers = (draft: Draft, into: Progress, group: Group, sender: Sender): Culprit | undefined => {
  let bytes = 0;
  for (const [index, mutation] of group.members.entries()) {
    const receipt = draft.receipt(mutation.mutationId);
    if (receipt) answerStored(draft, into, receipt);
    if (receipt || mutation.op === 'void') continue;
    const outcome = planNew(draft, into, mutation, group.contents[index] ?? NO_CONTENT, sender);
    if (outcome.kind === 'rejected') return { mutationId: mutation.mutationId, outcome };
    if (outcome.kind === 'done') bytes += utf8Length(outcome.record?.fieldsJson ?? '');
    if (bytes > LIMITS.groupBytesMax)
      return { mutationId: undefined, outcome: refused('GROUP_TOO_LARGE', 'the resulting records of the group exceed 512 KiB') };
  }
  return undefined;
};

/**
 * All of a group or none of it. Members that have a receipt from before keep it; where that is a refusal, the others are
 * refused as well. A group that needs something is planned to its end, so that all it needs is loaded at once.
 */
export const planGroup = (draft: Draft, into: Progress, group: Group, sender: Sender): void => {
  const mark = draft.mark();
  const lengths = { accepted: into.accepted.length, rejected: into.rejected.length };
  const wasRefused = group.members.some(({ mutationId }) => draft.receipt(mutationId)?.verdict === 'rejected');
  const asWhole = wasRefused ? GROUP_REFUSED : checkGroup(group);
  const culprit = asWhole ? { mutationId: undefined, outcome: asWhole } : planMembers(draft, into, group, sender);
  if (culprit === undefined) return;
  draft.rollback(mark);
  into.accepted.length = lengths.accepted;
  into.rejected.length = lengths.rejected;
  for (const [index, mutation] of group.members.entries()) {
    const receipt = draft.receipt(mutation.mutationId);
    if (receipt) answerStored(draft, into, receipt);
    if (receipt || mutation.op === 'void') continue;
    const isCulprit = culprit.mutationId === undefined || culprit.mutationId === mutation.mutationId;
    storeRejection(draft, into, mutation, group.contents[index]?.hash ?? '', isCulprit ? culprit.outcome : GROUP_REFUSED);
  }
};
