import { WRITES_MAX } from '@tidemark/engine/accounts';
import type { AccountsContext } from './context.ts';
import { finishDeletions } from './delete-account.ts';
import { resealAccounts } from './reseal.ts';

const EVERY_MS = 60 * 1000;
/** Items removed in one run: the rest waits for the next. */
const PURGES_MAX = 50;

export interface AccountJobs {
  /** Runs everything once. */
  run(): Promise<void>;
  /** Runs at once and then every minute, until the function it answers is called; that one waits for a run under way. */
  start(): () => Promise<void>;
}

const purge = async ({ items, env }: AccountsContext): Promise<void> => {
  for (let i = 0; i < PURGES_MAX; i += 1) {
    if ((await items.storage.purge({ now: env.wall(), limit: WRITES_MAX })) < WRITES_MAX) return;
  }
};

/** The jobs of accounts. Each may be cut off anywhere and goes on at its next run. */
export const createJobs = (context: AccountsContext): AccountJobs => {
  const { env, logger } = context;
  let resealed = false;
  const run = async (): Promise<void> => {
    await finishDeletions(context);
    await purge(context);
    // Keys change only with a start of the server, so once is enough.
    if (!resealed) {
      const accounts = await resealAccounts(context);
      if (accounts > 0) logger.info({ accounts }, 'personal data was encrypted with the newest key');
    }
    resealed = true;
  };
  const start = () => {
    let cancel = (): void => {};
    let stopped = false;
    let underWay = Promise.resolve();
    const again = (): void => {
      underWay = run()
        .catch((error: unknown) => logger.error({ err: error }, 'a job of accounts failed; it runs again in a minute'))
        .then(() => {
          if (!stopped) cancel = env.setTimer(EVERY_MS, again);
        });
    };
    again();
    return async () => {
      stopped = true;
      cancel();
      await underWay;
    };
  };
  return { run, start };
};
