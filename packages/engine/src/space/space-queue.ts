import { type AppDefinition, CONFLICTS, type Env, type Refusal, type Result, refuse } from '@tidemark/protocol';
import type { EngineOptions, SpaceRef } from '../engine.ts';
import type { Draft } from '../plan/draft.ts';
import { type Append, type LoadKeys, type SpaceRow, type Storage, StorageFailure } from '../storage/storage.ts';
import { emptyWanted, loadDraft, type Wanted, wantKeys, wantNeeds } from './load-plan.ts';
import { newSpace } from './new-space.ts';
import type { Pokes } from './pokes.ts';

/** Something that plans against a space. `plan` is pure and may be run several times; its last answer counts. */
export interface Job<T> {
  readonly keys: LoadKeys;
  /** Mutations it carries, for metrics. */
  readonly mutations: number;
  plan(draft: Draft, space: SpaceRow): Result<T> | 'needed';
}

interface Waiting {
  readonly job: Job<unknown>;
  readonly resolve: (outcome: Result<unknown>) => void;
  readonly reject: (fault: unknown) => void;
}

export interface SpaceQueues {
  /** Plans the job together with all that wait for the same space, stores them in one append, then answers. */
  run<T>(space: SpaceRef, job: Job<T>): Promise<Result<T>>;
  /** Plans without storing. */
  dryRun<T>(space: SpaceRef, job: Job<T>): Promise<Result<T>>;
  subscribe(key: string, poke: () => void): () => void;
  /** Wakes the subscribers of a space for something that is not in its log. */
  poke(key: string): void;
  /** Refuses new jobs and waits for those under way. */
  close(): Promise<void>;
}

/** Another process won the append so often that waiting longer helps nobody. */
const APPEND_ATTEMPTS_MAX = 30;
const RETRY_DELAY_MS_MAX = 50;
/** Each pass loads what the last one missed; more than a few means a planner that never settles. */
const PLAN_PASSES_MAX = 50;
/** Jobs of one round; the rest waits for the next, so that one append stays bounded. */
const ROUND_JOBS_MAX = 1_000;
const ROUND_MUTATIONS_MAX = 5_000;

const CLOSING: Refusal = { code: 'UNAVAILABLE', message: 'the server is stopping; try again' };
const BUSY = refuse('UNAVAILABLE', 'the space is being written by too many others; try again');

interface World {
  readonly storage: Storage;
  readonly env: Env;
  readonly apps: ReadonlyMap<string, AppDefinition>;
  readonly onCommit: EngineOptions['onCommit'];
  readonly pokes: EngineOptions['pokes'];
}

const appOf = (world: World, space: SpaceRef): AppDefinition => {
  const app = world.apps.get(space.app);
  if (app === undefined) throw new Error(`the engine was not given the app ${space.app}`);
  return app;
};

/**
 * Plans jobs in order on one draft, loading what they need until nothing is missing. Undefined where others wrote so often meanwhile
 * that each pass needed something newer.
 */
const planAll = async (world: World, space: SpaceRef, jobs: readonly Job<unknown>[], wanted: Wanted) => {
  const appends = new Set<number>();
  for (let pass = 0; pass < PLAN_PASSES_MAX; pass += 1) {
    const fresh = () => newSpace(world.env, space.app, space.key);
    const loaded = await loadDraft(world.storage, appOf(world, space), space.key, wanted, world.env.wall, fresh);
    appends.add(loaded.space.appends);
    const outcomes = jobs.map((job) => job.plan(loaded.draft, loaded.space));
    const settled = outcomes.filter((outcome) => outcome !== 'needed');
    if (settled.length === jobs.length) return { draft: loaded.draft, outcomes: settled };
    if (!wantNeeds(wanted, loaded.draft.needs)) throw new Error('planning needs something that it does not name');
  }
  if (appends.size > 1) return undefined;
  throw new Error('planning did not settle');
};

const wait = (env: Env, ms: number): Promise<void> => new Promise((resolve) => void env.setTimer(ms, resolve));

type RoundAnswer = { readonly outcomes: readonly Result<unknown>[]; readonly stored: boolean };

const failureAnswer = (failure: StorageFailure, count: number): RoundAnswer => {
  const error = refuse('STORAGE_FULL', `the server could not write: ${failure.message}`);
  return { outcomes: Array.from({ length: count }, () => error), stored: false };
};

/** One append for all jobs. A lost compare, or a commit of unknown outcome, is planned again: receipts tell what was stored. */
const appendRound = async (world: World, space: SpaceRef, jobs: readonly Job<unknown>[]): Promise<RoundAnswer> => {
  const wanted = emptyWanted();
  for (const job of jobs) wantKeys(wanted, job.keys);
  const began = world.env.mono();
  for (let attempt = 0; attempt < APPEND_ATTEMPTS_MAX; attempt += 1) {
    const planned = await planAll(world, space, jobs, wanted);
    if (planned === undefined) break;
    const { draft, outcomes } = planned;
    const append = draft.append();
    if (append === undefined) return { outcomes, stored: false };
    await world.env.point?.('engine: before the append');
    try {
      if ((await world.storage.append(append)) === 'stored') {
        await world.env.point?.('engine: after the append');
        report(world, space, jobs, append, world.env.mono() - began);
        return { outcomes, stored: true };
      }
    } catch (fault) {
      if (!(fault instanceof StorageFailure)) throw fault;
      if (fault.outcome === 'nothing') return failureAnswer(fault, jobs.length);
    }
    await wait(world.env, world.env.random('engine retry') * Math.min(RETRY_DELAY_MS_MAX, attempt + 1));
  }
  return { outcomes: jobs.map(() => BUSY), stored: false };
};

const report = (world: World, space: SpaceRef, jobs: readonly Job<unknown>[], append: Append, ms: number): void => {
  const mutations = jobs.reduce((sum, job) => sum + job.mutations, 0);
  const conflicts = append.changes.filter((change) => change.collection === CONFLICTS && change.revision === 1).length;
  const rejectedCount = append.receipts.filter((receipt) => receipt.verdict === 'rejected').length;
  world.onCommit?.({
    app: space.app,
    requests: jobs.length,
    mutations,
    changes: append.changes.length,
    conflicts,
    rejected: rejectedCount,
    ms,
  });
};

/** Takes as many waiting jobs as fit into one append. */
const takeRound = (waiting: Waiting[]): Waiting[] => {
  let mutations = 0;
  let count = 0;
  while (count < waiting.length && count < ROUND_JOBS_MAX) {
    mutations += waiting[count]?.job.mutations ?? 0;
    if (count > 0 && mutations > ROUND_MUTATIONS_MAX) break;
    count += 1;
  }
  return waiting.splice(0, count);
};

/** Keeps who wants to hear of appends to a space, by this process and, where there are `pokes`, by others. */
const createSubscribers = (pokes: Pokes | undefined) => {
  const subscribers = new Map<string, { readonly all: Set<() => void>; readonly end: () => void }>();
  const pokeHere = (key: string): void => {
    for (const poke of subscribers.get(key)?.all ?? []) poke();
  };
  return {
    poke: (key: string): void => {
      pokeHere(key);
      pokes?.announce(key);
    },
    subscribe: (key: string, poke: () => void): (() => void) => {
      const known = subscribers.get(key) ?? { all: new Set(), end: pokes?.subscribe(key, () => pokeHere(key)) ?? (() => {}) };
      known.all.add(poke);
      subscribers.set(key, known);
      return () => {
        known.all.delete(poke);
        if (known.all.size > 0 || subscribers.get(key) !== known) return;
        subscribers.delete(key);
        known.end();
      };
    },
  };
};

/** Wraps a typed job for the queue, which holds jobs of many answer types: the typed answer stays in this closure. */
const toWaiting = <T>(job: Job<T>, resolve: (outcome: Result<T>) => void, reject: (fault: unknown) => void): Waiting => {
  let answer: Result<T> | undefined;
  const plan: Job<unknown>['plan'] = (draft, row) => {
    const planned = job.plan(draft, row);
    if (planned !== 'needed') answer = planned;
    return planned;
  };
  const settle = (outcome: Result<unknown>): void => {
    if (!outcome.ok) resolve(outcome);
    else resolve(answer ?? refuse('INTERNAL', 'no answer was planned'));
  };
  return { job: { ...job, plan }, resolve: settle, reject };
};

export const createSpaceQueues = (world: World): SpaceQueues => {
  const queues = new Map<string, { readonly waiting: Waiting[]; running: Promise<void> }>();
  const { poke, subscribe } = createSubscribers(world.pokes);
  let isClosing = false;

  const drain = async (space: SpaceRef, waiting: Waiting[]): Promise<void> => {
    while (waiting.length > 0) {
      const round = takeRound(waiting);
      try {
        const jobs = round.map(({ job }) => job);
        const answer = await appendRound(world, space, jobs);
        // Others wait for the change; its author has it.
        if (answer.stored) poke(space.key);
        for (const [index, { resolve }] of round.entries()) resolve(answer.outcomes[index] ?? refuse('INTERNAL', 'no answer was planned'));
      } catch (fault) {
        for (const { reject } of round) reject(fault);
      }
    }
    queues.delete(space.key);
  };

  const run = <T>(space: SpaceRef, job: Job<T>): Promise<Result<T>> => {
    if (isClosing) return Promise.resolve({ ok: false, error: CLOSING });
    return new Promise<Result<T>>((resolve, reject) => {
      const entry = toWaiting(job, resolve, reject);
      const queue = queues.get(space.key);
      if (queue) {
        queue.waiting.push(entry);
        return;
      }
      const waiting = [entry];
      queues.set(space.key, { waiting, running: Promise.resolve().then(() => drain(space, waiting)) });
    });
  };

  const dryRun = <T>(space: SpaceRef, job: Job<T>): Promise<Result<T>> =>
    new Promise((resolve, reject) => {
      const entry = toWaiting(job, resolve, reject);
      const wanted = emptyWanted();
      wantKeys(wanted, job.keys);
      planAll(world, space, [entry.job], wanted).then(
        (planned) => entry.resolve(planned === undefined ? BUSY : (planned.outcomes[0] ?? refuse('INTERNAL', 'no answer was planned'))),
        reject,
      );
    });

  const close = async (): Promise<void> => {
    isClosing = true;
    while (queues.size > 0) await Promise.all([...queues.values()].map(({ running }) => running));
  };
  return { run, dryRun, subscribe, poke, close };
};
