import type { EngineOptions } from '@tidemark/engine';
import type { PushAnswer } from '@tidemark/protocol/messages';
import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client';

/** What a server counts. Made before the engine, whose `onCommit` it is; scraped at /metrics. */
export interface Metrics {
  /** Give this to createEngine. */
  readonly onCommit: NonNullable<EngineOptions['onCommit']>;
  pushed(app: string, answer: PushAnswer): void;
  requested(request: {
    readonly method: string;
    readonly route: string;
    readonly app: string;
    readonly status: number;
    readonly ms: number;
  }): void;
  liveOpened(app: string): void;
  liveClosed(app: string): void;
  /** The Prometheus text format. */
  print(): Promise<string>;
  readonly contentType: string;
}

const SECONDS = [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10];
const BATCH = [1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 1024, 5000];

/** Counts verdicts by status: a push has thousands of them, and a counter looks its labels up each time. */
const countBy = (accepted: PushAnswer['accepted']): ReadonlyMap<string, number> => {
  const counts = new Map<string, number>();
  for (const { status } of accepted) counts.set(status, (counts.get(status) ?? 0) + 1);
  return counts;
};

/** Metrics in a registry of their own. `process` adds those of the Node process (memory, event loop, collections). */
export const createMetrics = (options: { readonly process?: boolean } = {}): Metrics => {
  const register = new Registry();
  const registers = [register];
  if (options.process === true) collectDefaultMetrics({ register });
  const counter = (name: string, help: string, labelNames: string[]) => new Counter({ name, help, labelNames, registers });
  const histogram = (name: string, help: string, labelNames: string[], buckets: number[]) =>
    new Histogram({ name, help, labelNames, buckets, registers });

  const pushes = counter('tidemark_pushes_total', 'Pushes answered.', ['app']);
  const mutations = counter('tidemark_mutations_total', 'Mutations answered, by status.', ['app', 'status']);
  const conflicts = counter('tidemark_conflicts_total', 'Mutations that raised or updated a conflict.', ['app']);
  const requests = histogram('tidemark_http_request_seconds', 'Time to answer.', ['app', 'method', 'route', 'status'], SECONDS);
  const requestsOf = new Map<string, ReturnType<typeof requests.labels>>();
  const commitSeconds = histogram('tidemark_commit_seconds', 'From taking the jobs to the durable append.', ['app'], SECONDS);
  const commitRequests = histogram('tidemark_commit_requests', 'Requests that shared one append.', ['app'], BATCH);
  const commitMutations = histogram('tidemark_commit_mutations', 'Mutations in one append.', ['app'], BATCH);
  const live = new Gauge({ name: 'tidemark_live_clients', help: 'Live streams open.', labelNames: ['app'], registers });

  return {
    onCommit: (commit) => {
      commitSeconds.observe({ app: commit.app }, commit.ms / 1000);
      commitRequests.observe({ app: commit.app }, commit.requests);
      commitMutations.observe({ app: commit.app }, commit.mutations);
      conflicts.inc({ app: commit.app }, commit.conflicts);
    },
    pushed: (app, answer) => {
      pushes.inc({ app });
      for (const [status, count] of countBy(answer.accepted)) mutations.inc({ app, status }, count);
      if (answer.rejected.length > 0) mutations.inc({ app, status: 'rejected' }, answer.rejected.length);
    },
    requested: ({ app, method, route, status, ms }) => {
      // All four are of small sets that the server chose; working out where a set of labels belongs costs more than the rest.
      const name = `${status} ${method} ${app} ${route}`;
      const known = requestsOf.get(name) ?? requests.labels({ app, method, route, status });
      requestsOf.set(name, known);
      known.observe(ms / 1000);
    },
    liveOpened: (app) => live.inc({ app }),
    liveClosed: (app) => live.dec({ app }),
    print: () => register.metrics(),
    contentType: register.contentType,
  };
};
