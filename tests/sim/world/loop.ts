import { turnOfTheRealLoop } from '../platform/node.ts';

/** Virtual time and everything that waits for it. Nothing in a run goes by a real clock. */
export interface Loop {
  /** Milliseconds since the run began. */
  now(): number;
  /** Calls `fire` after `delayMs` of virtual time; the returned function cancels it. */
  after(delayMs: number, what: string, fire: () => void): () => void;
  sleep(delayMs: number, what: string): Promise<void>;
  /** Marks work that needs turns of the real loop (SQLite), so that time stands still until it is done. */
  real<T>(work: Promise<T>): Promise<T>;
  /** Fires the next timer and lets everything it starts come to rest; false where there is none up to `limit`. */
  step(limit: number): Promise<boolean>;
  runFor(ms: number): Promise<void>;
  /** Adds a line to what identifies the run. */
  trace(line: string): void;
  traceHash(): string;
  /** The last lines of the trace. */
  recent(): readonly string[];
  steps(): number;
}

interface Timer {
  readonly at: number;
  readonly order: number;
  readonly what: string;
  fire: (() => void) | undefined;
}

const RECENT_LINES = 400;

const isBefore = (a: Timer, b: Timer): boolean => a.at < b.at || (a.at === b.at && a.order < b.order);

/** A binary heap by time, then by order of arrival. */
const createHeap = () => {
  const heap: Timer[] = [];
  const swap = (i: number, j: number): void => {
    const [a, b] = [heap[i], heap[j]];
    if (a === undefined || b === undefined) return;
    heap[i] = b;
    heap[j] = a;
  };
  const less = (i: number, j: number): boolean => {
    const [a, b] = [heap[i], heap[j]];
    return a !== undefined && b !== undefined && isBefore(a, b);
  };
  return {
    first: () => heap[0],
    push: (timer: Timer): void => {
      heap.push(timer);
      for (let i = heap.length - 1; i > 0 && less(i, (i - 1) >> 1); i = (i - 1) >> 1) swap(i, (i - 1) >> 1);
    },
    shift: (): Timer | undefined => {
      swap(0, heap.length - 1);
      const first = heap.pop();
      for (let i = 0; ; ) {
        let least = i;
        for (const child of [2 * i + 1, 2 * i + 2]) if (child < heap.length && less(child, least)) least = child;
        if (least === i) return first;
        swap(i, least);
        i = least;
      }
    },
  };
};

const createTrace = () => {
  let low = 0x811c9dc5;
  let high = 0x9dc5811c;
  const lines: string[] = [];
  return {
    add: (line: string): void => {
      for (let i = 0; i < line.length; i += 1) {
        const code = line.charCodeAt(i);
        low = Math.imul(low ^ code, 0x01000193);
        high = Math.imul(high ^ code, 0x85ebca6b) ^ (high >>> 13);
      }
      lines.push(line);
      if (lines.length > 2 * RECENT_LINES) lines.splice(0, RECENT_LINES);
    },
    hash: () => [low, high].map((lane) => (lane >>> 0).toString(16).padStart(8, '0')).join(''),
    recent: () => lines.slice(-RECENT_LINES),
  };
};

export const createLoop = (): Loop => {
  const heap = createHeap();
  const trace = createTrace();
  let now = 0;
  let order = 0;
  let busy = 0;
  let steps = 0;
  const settle = async (): Promise<void> => {
    do await turnOfTheRealLoop();
    while (busy > 0);
  };
  const after: Loop['after'] = (delayMs, what, fire) => {
    order += 1;
    const timer: Timer = { at: now + Math.max(0, delayMs), order, what, fire };
    heap.push(timer);
    return () => {
      timer.fire = undefined;
    };
  };
  const step: Loop['step'] = async (limit) => {
    for (;;) {
      const timer = heap.first();
      if (timer === undefined || timer.at > limit) return false;
      heap.shift();
      if (timer.fire === undefined) continue;
      now = timer.at;
      steps += 1;
      trace.add(`${now.toFixed(1)} ${timer.what}`);
      timer.fire();
      await settle();
      return true;
    }
  };
  return {
    now: () => now,
    after,
    sleep: (delayMs, what) => new Promise((resolve) => void after(delayMs, what, resolve)),
    real: async (work) => {
      busy += 1;
      try {
        return await work;
      } finally {
        busy -= 1;
      }
    },
    step,
    runFor: async (ms) => {
      const limit = now + ms;
      await settle();
      while (await step(limit));
      now = limit;
    },
    trace: (line) => trace.add(`${now.toFixed(1)} ${line}`),
    traceHash: trace.hash,
    recent: trace.recent,
    steps: () => steps,
  };
};
