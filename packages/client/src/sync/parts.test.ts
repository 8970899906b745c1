import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { firstBatch, toUnits } from '../outbox/batch.ts';
import { createDebounce } from '../outbox/debounce.ts';
import { createClock } from '../simulation/clock.suite.ts';
import type { OutboxRow } from '../store/rows.ts';
import { parseRetryAfter, retryDelayMs } from './retry.ts';
import { createSseParser } from './sse.ts';

describe('Server-Sent Events', () => {
  const text =
    ': hello\n\nid: c1\nevent: page\ndata: {"a":\ndata: 1}\n\nevent: page\r\ndata: two\r\n\r\n:\n\ndata: plain\n\nevent: none\n\n';
  it('are read the same however the stream is cut', () => {
    fc.assert(
      fc.property(fc.array(fc.nat(text.length), { maxLength: 8 }), (cuts) => {
        const parse = createSseParser();
        const at = [0, ...cuts.sort((a, b) => a - b), text.length];
        const events = at.slice(1).flatMap((end, i) => parse(text.slice(at[i], end)));
        expect(events).toEqual([
          { event: 'page', data: '{"a":\n1}' },
          { event: 'page', data: 'two' },
          { event: 'message', data: 'plain' },
        ]);
      }),
    );
  });
});

describe('retries', () => {
  it('wait 2, 5, 10, 30 s, of which half is drawn, and as long as the server asks, up to a bound', () => {
    const env = { ...createClock(1), random: () => 1 };
    expect([0, 1, 2, 3, 4, 99].map((failures) => retryDelayMs(failures, env))).toEqual([2_000, 5_000, 10_000, 30_000, 30_000, 30_000]);
    expect(retryDelayMs(0, { ...env, random: () => 0 })).toBe(1_000);
    expect(retryDelayMs(0, env, 60_000)).toBe(60_000);
    expect(retryDelayMs(0, env, 86_400_000)).toBe(300_000);
  });
  it('read Retry-After in seconds and as a date', () => {
    expect(parseRetryAfter('7', 0)).toBe(7_000);
    expect(parseRetryAfter('Thu, 01 Jan 1970 00:00:09 GMT', 1_000)).toBe(8_000);
    expect(parseRetryAfter('soon', 0)).toBeUndefined();
    expect(parseRetryAfter(null, 0)).toBeUndefined();
  });
});

describe('the debounce', () => {
  it('sends a lone edit at once, waits for more after that, but not for ever', () => {
    let now = 0;
    const wait = createDebounce({ mono: () => now }, 1_000);
    expect(wait()).toBe(0);
    const waits: number[] = [];
    for (now = 500; now <= 6_000; now += 500) waits.push(wait());
    expect(waits.slice(0, 8)).toEqual([1_000, 1_000, 1_000, 1_000, 1_000, 1_000, 1_000, 1_000]);
    expect(waits).toContain(0);
    now = 20_000;
    expect(wait()).toBe(0);
    expect([createDebounce({ mono: () => now }, 0)(), createDebounce({ mono: () => now }, 0)()]).toEqual([0, 0]);
  });
});

describe('batches', () => {
  const row = (n: number, group?: string, size = 1): OutboxRow => ({
    mutation: {
      mutationId: `m${n}`,
      n,
      collection: 'c',
      id: 'x'.repeat(size),
      op: 'delete',
      base: 0,
      at: 0,
      ...(group === undefined ? {} : { group }),
    },
  });
  it('keep groups whole, and the order', () => {
    const rows = [row(1), row(2, 'g'), row(3, 'g'), row(4, 'h'), row(5)];
    expect(toUnits(rows).map((unit) => unit.map(({ mutation }) => mutation.n))).toEqual([[1], [2, 3], [4], [5]]);
    expect(
      firstBatch(toUnits(rows), 2, 500)
        .flat()
        .map(({ mutation }) => mutation.n),
    ).toEqual([1, 2, 3]);
  });
  it('hold at most 500 mutations and about a MiB, and at least one unit', () => {
    const many = Array.from({ length: 700 }, (_, i) => row(i + 1));
    expect(firstBatch(toUnits(many), 1_000, 500)).toHaveLength(500);
    const large = [row(1, undefined, 2 ** 21), row(2)];
    expect(firstBatch(toUnits(large), 1_000, 500)).toHaveLength(1);
  });
});
