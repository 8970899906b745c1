import type { Pokes } from '@tidemark/engine';
import type { Env } from '@tidemark/protocol';
import pg from 'pg';
import type { Database } from './database.ts';

const CHANNEL = 'tidemark';
const RECONNECT_MS = 250;
const RECONNECT_MS_MAX = 10_000;
/** A connection that a firewall has forgotten tells nothing: it is asked this often. */
const ASKED_EVERY_MS = 15_000;

/** Who of this process listens to which space. */
const createListeners = () => {
  const listeners = new Map<string, Set<() => void>>();
  return {
    add: (space: string, poke: () => void): (() => void) => {
      const all = listeners.get(space) ?? new Set();
      all.add(poke);
      listeners.set(space, all);
      return () => {
        all.delete(poke);
        if (all.size === 0 && listeners.get(space) === all) listeners.delete(space);
      };
    },
    poke: (space: string): void => {
      for (const poke of listeners.get(space) ?? []) poke();
    },
    pokeAll: (): void => {
      for (const all of listeners.values()) for (const poke of all) poke();
    },
  };
};

/** Tells the other processes, one statement at a time: what comes meanwhile shares the next. */
const createAnnouncer = (db: Database, env: Env, self: string) => {
  let waiting = new Set<string>();
  let running: Promise<void> | undefined;
  let closed = false;
  const tell = async (): Promise<void> => {
    for (let delay = RECONNECT_MS; waiting.size > 0 && !closed; ) {
      const spaces = waiting;
      waiting = new Set();
      try {
        await db.rows(`SELECT pg_notify('${CHANNEL}', p) FROM unnest($1::text[]) p`, [[...spaces].map((space) => `${self} ${space}`)]);
      } catch {
        // Streams elsewhere would miss a change for as long as nothing else is written: it is told once PostgreSQL is back.
        for (const space of spaces) waiting.add(space);
        await new Promise<void>((resolve) => void env.setTimer(delay, resolve));
        delay = Math.min(RECONNECT_MS_MAX, delay * 2);
      }
    }
    running = undefined;
  };
  return {
    announce: (space: string): void => {
      waiting.add(space);
      running ??= Promise.resolve().then(tell);
    },
    close: async (): Promise<void> => {
      closed = true;
      await running;
    },
  };
};

/**
 * Pokes by LISTEN and NOTIFY. Needs a connection of its own that stays the same, so behind a pooler that changes them use polling.
 * After a broken connection every subscriber is poked once, since what was told meanwhile is not told again.
 */
export const createPostgresPokes = (db: Database, url: string, env: Env): Pokes => {
  const self = env.uuid();
  const listeners = createListeners();
  const announcer = createAnnouncer(db, env, self);
  let closed = false;
  let client: pg.Client | undefined;
  let cancel = (): void => {};
  let delay = RECONNECT_MS;

  const fail = (failed: pg.Client): void => {
    if (client !== failed) return;
    client = undefined;
    cancel();
    failed.end().catch(() => {});
    if (closed) return;
    cancel = env.setTimer(delay, () => void listen());
    delay = Math.min(RECONNECT_MS_MAX, delay * 2);
  };
  const askAgain = (asked: pg.Client): void => {
    cancel = env.setTimer(ASKED_EVERY_MS, () => {
      asked.query('SELECT 1').then(
        () => client === asked && askAgain(asked),
        () => fail(asked),
      );
    });
  };
  const listen = async (): Promise<void> => {
    const fresh = new pg.Client({
      connectionString: url,
      application_name: 'tidemark live',
      keepAlive: true,
      query_timeout: ASKED_EVERY_MS,
    });
    client = fresh;
    fresh.on('error', () => fail(fresh));
    fresh.on('end', () => fail(fresh));
    fresh.on('notification', ({ payload = '' }) => {
      const [sender = '', space = ''] = payload.split(/ (.*)/su);
      if (sender !== self) listeners.poke(space);
    });
    try {
      await fresh.connect();
      await fresh.query(`LISTEN ${CHANNEL}`);
    } catch {
      fail(fresh);
      return;
    }
    if (client !== fresh) return;
    delay = RECONNECT_MS;
    listeners.pokeAll();
    askAgain(fresh);
  };
  void listen();
  return {
    announce: announcer.announce,
    subscribe: listeners.add,
    close: async () => {
      closed = true;
      await announcer.close();
      const last = client;
      client = undefined;
      cancel();
      await last?.end().catch(() => {});
    },
  };
};
