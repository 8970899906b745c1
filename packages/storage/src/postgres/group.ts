import type { Append } from '@tidemark/engine/storage';

/** Appends of one commit, and bytes of their records; the rest waits for the next. */
const GROUP_APPENDS_MAX = 200;
const GROUP_BYTES_MAX = 16 * 1024 * 1024;
/** Commits under way at once: while one is synced, the next is filled. */
const COMMITS_MAX = 2;

type Answer = 'stored' | 'head_moved';

interface Waiting {
  readonly batch: Append;
  readonly bytes: number;
  readonly resolve: (answer: Answer) => void;
  readonly reject: (error: unknown) => void;
}

const bytesOf = ({ changes, records }: Append): number =>
  changes.reduce((sum, { fieldsJson }) => sum + (fieldsJson?.length ?? 0), 0) +
  records.reduce((sum, { fieldsJson, metaJson }) => sum + fieldsJson.length + metaJson.length, 0);

/** The next commit: in order of arrival, each space once, and none that is under way. */
const takeSome = (waiting: Waiting[], busy: Set<string>): Waiting[] => {
  const taken: Waiting[] = [];
  const met = new Set(busy);
  let bytes = 0;
  for (const one of waiting) {
    if (taken.length === GROUP_APPENDS_MAX || (taken.length > 0 && bytes + one.bytes > GROUP_BYTES_MAX)) break;
    const { key } = one.batch.space;
    if (!met.has(key)) {
      taken.push(one);
      bytes += one.bytes;
    }
    met.add(key);
  }
  return taken;
};

/**
 * Gathers appends of different spaces into commits: what arrives while one is being synced shares the next. `run` answers, by place,
 * and throws where the whole of it failed; `alone` says whether an error may be the fault of one append, which are then run one by one.
 */
export const createGroup = (
  run: (batches: readonly Append[]) => Promise<readonly Answer[]>,
  alone: (error: unknown) => boolean,
): ((batch: Append) => Promise<Answer>) => {
  const waiting: Waiting[] = [];
  const busy = new Set<string>();
  let commits = 0;
  const settle = async (group: readonly Waiting[]): Promise<void> => {
    try {
      const answers = await run(group.map(({ batch }) => batch));
      for (const [i, { resolve }] of group.entries()) resolve(answers[i] ?? 'head_moved');
    } catch (error) {
      if (group.length > 1 && alone(error)) for (const one of group) await settle([one]);
      else for (const { reject } of group) reject(error);
    }
  };
  const next = (): void => {
    while (commits < COMMITS_MAX) {
      const group = takeSome(waiting, busy);
      if (group.length === 0) return;
      for (const one of group) {
        waiting.splice(waiting.indexOf(one), 1);
        busy.add(one.batch.space.key);
      }
      commits++;
      void settle(group).then(() => {
        commits--;
        for (const { batch } of group) busy.delete(batch.space.key);
        next();
      });
    }
  };
  return (batch) =>
    new Promise((resolve, reject) => {
      waiting.push({ batch, bytes: bytesOf(batch), resolve, reject });
      // What arrives in this turn shares the commit.
      queueMicrotask(next);
    });
};
