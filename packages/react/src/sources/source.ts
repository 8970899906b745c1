import { after } from '../platform/browser.ts';

/** What a hook reads by `useSyncExternalStore`: `snapshot` answers the same value until it really is another. */
export interface Source<T> {
  subscribe(listener: () => void): () => void;
  snapshot(): T;
}

/** How long a source that nobody listens to is kept up to date, in milliseconds: from rendering to mounting, and from page to page. */
const GRACE_MS = 1_000;

export interface SourceOptions<T> {
  /** Calls `next` at once and after each change, until the returned function is called. */
  readonly listen: (next: (value: T) => void) => () => void;
  readonly isSame: (a: T, b: T) => boolean;
  /** Nobody has listened for a while; the next snapshot begins anew. */
  readonly onEnd?: () => void;
}

/**
 * A source that listens from the first snapshot on, not only once a component is mounted: so nothing is computed twice, and a
 * component that is suspended or mounted twice (StrictMode) finds the same value. What was never mounted is let go after a moment.
 */
export const createSource = <T>({ listen, isSame, onEnd }: SourceOptions<T>): Source<T> => {
  const listeners = new Set<() => void>();
  let kept: { readonly value: T } | undefined;
  let stop: (() => void) | undefined;
  const next = (value: T): void => {
    if (kept !== undefined && isSame(kept.value, value)) return;
    kept = { value };
    for (const listener of [...listeners]) listener();
  };
  const end = (): void => {
    if (listeners.size > 0) return;
    stop?.();
    stop = undefined;
    onEnd?.();
  };
  const start = (): void => {
    stop ??= listen(next);
  };
  return {
    snapshot: () => {
      if (stop === undefined) {
        start();
        after(GRACE_MS, end);
      }
      if (kept === undefined) throw new Error('a source answered nothing');
      return kept.value;
    },
    subscribe: (listener) => {
      listeners.add(listener);
      start();
      return () => {
        listeners.delete(listener);
        if (listeners.size === 0) after(GRACE_MS, end);
      };
    },
  };
};
