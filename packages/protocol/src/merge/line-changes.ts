/** The lines from `start` to `end` (exclusive) of one text are the lines from `from` to `to` (exclusive) of the other. */
export interface LineChange {
  start: number;
  readonly end: number;
  from: number;
  readonly to: number;
}

/** Lines added and removed together, above which two texts count as too different. Bounds time (changes × lines) and memory. */
const CHANGES_MAX = 400;

/** For each number of changes the furthest line reached on each diagonal, shifted by CHANGES_MAX + 1. */
type Trace = readonly Int32Array[];

/** Did the best path to diagonal `k` come from the one above, that is by an added line? */
const isAdded = (furthest: Int32Array, k: number, changes: number): boolean => {
  const at = k + CHANGES_MAX + 1;
  return k === -changes || (k !== changes && (furthest[at - 1] ?? 0) < (furthest[at + 1] ?? 0));
};

const search = (a: readonly string[], b: readonly string[]): Trace | undefined => {
  const trace: Int32Array[] = [];
  const furthest = new Int32Array(2 * CHANGES_MAX + 3);
  for (let changes = 0; changes <= CHANGES_MAX; changes += 1) {
    trace.push(furthest.slice());
    for (let k = -changes; k <= changes; k += 2) {
      const at = k + CHANGES_MAX + 1;
      let x = isAdded(furthest, k, changes) ? (furthest[at + 1] ?? 0) : (furthest[at - 1] ?? 0) + 1;
      while (x < a.length && x - k < b.length && a[x] === b[x - k]) x += 1;
      furthest[at] = x;
      if (x >= a.length && x - k >= b.length) return trace;
    }
  }
  return undefined;
};

/**
 * The shortest changes that lead from the lines `a` to the lines `b`, in order, none touching another; undefined if they are
 * more than CHANGES_MAX. Source: Eugene W. Myers, "An O(ND) Difference Algorithm and Its Variations" (1986), the greedy form.
 */
export const lineChanges = (a: readonly string[], b: readonly string[]): LineChange[] | undefined => {
  const trace = search(a, b);
  if (trace === undefined) return undefined;
  const changes: LineChange[] = [];
  let x = a.length;
  let y = b.length;
  for (let n = trace.length - 1; n > 0; n -= 1) {
    const furthest = trace[n] ?? new Int32Array();
    const added = isAdded(furthest, x - y, n);
    const k = x - y + (added ? 1 : -1);
    const start = furthest[k + CHANGES_MAX + 1] ?? 0;
    const from = start - k;
    const end = added ? start : start + 1;
    const to = added ? from + 1 : from;
    const next = changes.at(-1);
    if (next?.start === end && next.from === to) Object.assign(next, { start, from });
    else changes.push({ start, end, from, to });
    x = start;
    y = from;
  }
  return changes.reverse();
};
