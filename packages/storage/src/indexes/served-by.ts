import type { QueryPlan } from '@tidemark/engine/storage';
import type { Declaration } from './declarations.ts';

interface Index {
  readonly app: string;
  readonly collection: string;
  readonly kind: Declaration[2];
  readonly fields: readonly string[];
}

/** What a plan reads: its order index and its index of words, as far as it needs them. */
export interface Served<I extends Index> {
  readonly order: I | undefined;
  readonly search: I | undefined;
}

/** Finds the indexes that serve a plan. Throws where one is not declared: planQuery refuses such a query. */
export const servedBy = <I extends Index>(declared: readonly I[], app: string, plan: QueryPlan): Served<I> => {
  const own = declared.filter((index) => index.app === app && index.collection === plan.collection);
  const needsSearch = (plan.words ?? []).length > 0;
  const order = own.find((index) => index.kind === 'order' && index.fields.join('\u0000') === plan.index.join('\u0000'));
  const search = needsSearch ? own.find((index) => index.kind === 'search') : undefined;
  if (plan.index.length > 0 && order === undefined)
    throw new Error(`Collection ${plan.collection} declares no index (${plan.index.join(', ')}).`);
  if (needsSearch && search === undefined) throw new Error(`Collection ${plan.collection} declares no search.`);
  return { order, search };
};
