import type { Env } from '@tidemark/protocol';
import type { Logger, Metrics } from '@tidemark/server';

const NAMESPACE = 'Tidemark';

/**
 * The numbers of the business as CloudWatch metrics, written as log lines in the embedded metric format: commits, mutations, conflicts,
 * refusals, by app. Requests and their times are counted by API Gateway already. Source: the "CloudWatch embedded metric format"
 * specification.
 */
export const createLogMetrics = (logger: Logger, env: Pick<Env, 'wall'>): Metrics => {
  const write = (app: string, values: { readonly [name: string]: number }, milliseconds: readonly string[] = []): void => {
    const Metrics = Object.keys(values).map((Name) => ({ Name, Unit: milliseconds.includes(Name) ? 'Milliseconds' : 'Count' }));
    const _aws = { Timestamp: env.wall(), CloudWatchMetrics: [{ Namespace: NAMESPACE, Dimensions: [['App']], Metrics }] };
    logger.info({ _aws, App: app, ...values }, 'metrics');
  };
  return {
    onCommit: ({ app, mutations, conflicts, rejected, ms }) =>
      write(app, { Commits: 1, Mutations: mutations, Conflicts: conflicts, Rejected: rejected, CommitTime: ms }, ['CommitTime']),
    pushed: (app, { accepted }) => write(app, { Pushes: 1, Duplicates: accepted.filter(({ status }) => status === 'duplicate').length }),
    requested: () => {},
    liveOpened: () => {},
    liveClosed: () => {},
    print: async () => '# The metrics of functions are in CloudWatch, namespace Tidemark.\n',
    contentType: 'text/plain; charset=utf-8',
  };
};
