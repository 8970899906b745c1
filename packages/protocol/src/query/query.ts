import type { Json } from '../json.ts';

/** A condition on one field: a value for equality, or bounds. */
export type Condition<T = Json> = T | { readonly gt?: T; readonly gte?: T; readonly lt?: T; readonly lte?: T };

/**
 * A query over one collection. On the server it must be served by a declared index: equal fields first, then at
 * most one range, then the order. Records with equal keys are ordered by id. The id itself is always an index.
 */
export interface Query<R = { readonly [field: string]: Json }> {
  readonly where?: { readonly [K in keyof R]?: Condition<R[K]> };
  /** Default: by id ascending. All directions must be the same. */
  readonly orderBy?: readonly (readonly [keyof R & string, 'asc' | 'desc'])[];
  /** All words must occur, each as the beginning of a word, in the collection's search fields; case and accents folded. */
  readonly search?: string;
  /** 1 … 1000, default 100. */
  readonly limit?: number;
  /** From the previous page. */
  readonly cursor?: string;
}
