import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { firstState, type SyncEvent, type SyncKind, type SyncState, step, TRANSITIONS } from './sync-state.ts';

const state = (kind: SyncKind, more: Partial<SyncState> = {}): SyncState => ({
  kind,
  round: 3,
  failures: 2,
  delayMs: 700,
  againMs: null,
  ...more,
});

const EVENTS: readonly SyncEvent[] = [
  { kind: 'edit', delayMs: 40 },
  { kind: 'poke' },
  { kind: 'ask' },
  { kind: 'due' },
  { kind: 'done', round: 3, pollMs: 9_000 },
  { kind: 'failed', round: 3, retryMs: 5_000 },
  { kind: 'refused', round: 3 },
  { kind: 'fatal' },
  { kind: 'offline' },
  { kind: 'online' },
  { kind: 'signedIn', online: true },
  { kind: 'close' },
];

/** The state after each event, in the order of EVENTS. `=` stays; `>` starts a round. */
const TABLE: { readonly [S in SyncKind]: string } = {
  idle: 'waiting > > > = = = stopped offline = > closed',
  waiting: 'waiting = > > = = = stopped offline = > closed',
  running: '= = = = idle backoff signedOut stopped offline = = closed',
  backoff: '= = > > = = = stopped offline > > closed',
  offline: '= = = = = = = stopped = > = closed',
  signedOut: '= = = = = = = stopped = = > closed',
  stopped: '= = = = = = = = = = = closed',
  closed: '= = = = = = = = = = = =',
};

const kinds = Object.keys(TRANSITIONS).filter((kind): kind is SyncKind => Object.hasOwn(TABLE, kind));

describe('the sync state machine', () => {
  it('has a row for every state, and no entry for what is no event', () => {
    expect(kinds).toHaveLength(Object.keys(TABLE).length);
    const events = EVENTS.map((event) => event.kind);
    for (const kind of kinds) expect(events).toEqual(expect.arrayContaining(Object.keys(TRANSITIONS[kind])));
  });

  for (const kind of kinds) {
    it(`goes from ${kind} where the table says`, () => {
      const seen = EVENTS.map((event) => {
        const before = state(kind);
        const after = step(before, event);
        if (after.kind === 'running' && after.round === before.round + 1) return '>';
        return after.kind === before.kind && kind !== 'waiting' ? '=' : after === before ? '=' : after.kind;
      });
      expect(seen.join(' ')).toBe(TABLE[kind]);
    });
  }

  it('remembers what was asked for while a round runs, and waits for it afterwards', () => {
    const running = step(step(state('running'), { kind: 'edit', delayMs: 1_000 }), { kind: 'edit', delayMs: 300 });
    expect(running).toMatchObject({ kind: 'running', round: 3, againMs: 300 });
    const done = step(running, { kind: 'done', round: 3, pollMs: 9_000 });
    expect(done).toMatchObject({ kind: 'waiting', delayMs: 300, failures: 0, againMs: null });
  });

  it('does not hear the end of a round that was abandoned', () => {
    const resumed = step(step(state('running'), { kind: 'offline' }), { kind: 'online' });
    expect(resumed).toMatchObject({ kind: 'running', round: 4 });
    for (const event of EVENTS) if ('round' in event) expect(step(resumed, event)).toBe(resumed);
  });

  it('goes offline, not online, when somebody signs in while offline', () => {
    expect(step(state('signedOut'), { kind: 'signedIn', online: false }).kind).toBe('offline');
  });

  it('starts no round by itself and never changes a state in place', () => {
    const events = fc.array(fc.constantFrom(...EVENTS), { maxLength: 60 });
    fc.assert(
      fc.property(events, fc.boolean(), (list, online) => {
        let now = Object.freeze(firstState(online));
        for (const event of list) {
          const next = Object.freeze(step(now, event));
          if (next.round > now.round) expect(['poke', 'ask', 'due', 'online', 'signedIn']).toContain(event.kind);
          expect(next.round - now.round).toBeLessThanOrEqual(1);
          if (now.kind === 'closed') expect(next).toBe(now);
          now = next;
        }
      }),
    );
  });
});
