import { type Query, type Result, refuse } from '@tidemark/protocol';
import type { SpaceRef } from '../engine.ts';
import type { RecordRow } from '../storage/storage.ts';
import type { Serving } from './context.ts';
import { pageCursorAfter } from './page-cursor.ts';
import { planQuery } from './plan-query.ts';

/** Records of a collection that a declared index serves, page by page. */
export const query = async (
  serving: Serving,
  space: SpaceRef,
  name: string,
  asked: Query,
): Promise<Result<{ rows: RecordRow[]; nextCursor?: string }>> => {
  const collections = serving.apps.get(space.app)?.collections ?? {};
  const collection = Object.hasOwn(collections, name) ? collections[name] : undefined;
  if (collection === undefined) return refuse('UNKNOWN_COLLECTION', `the app ${space.app} has no collection ${JSON.stringify(name)}`);
  const plan = planQuery(collection, asked);
  if (!plan.ok) return plan;
  const rows = await serving.storage.query(space.key, plan.value);
  const last = rows.at(-1);
  const isFull = rows.length === plan.value.limit;
  return { ok: true, value: { rows, ...(isFull && last ? { nextCursor: pageCursorAfter(plan.value, last) } : {}) } };
};
