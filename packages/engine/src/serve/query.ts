import { type JsonObject, ok, type Query, type Result, refuse } from '@tidemark/protocol';
import type { SpaceRef } from '../engine.ts';
import type { FoundRecord, QueryPlan } from '../storage/storage.ts';
import { changesSince } from './changes-since.ts';
import type { Serving } from './context.ts';
import { decodePageCursor, encodePageCursor, type PagePosition, positionOf, type UnpagedPlan } from './page-cursor.ts';
import { planQuery } from './plan-query.ts';
import { type Page, readPage, readStablePage } from './read-page.ts';

/** More changes than that between the first page of an answer and a later one end the answer with BAD_CURSOR. */
const CHANGES_MAX = 20_000;

export interface QueryOptions {
  /** Conditions as in `where` that no index has to serve: they are looked at while the records are walked. */
  readonly filter?: JsonObject;
  /**
   * Where all pages stand: by default the head when the first one was asked for. A number is an earlier head, so that several
   * queries can make up one list; `now` reads each page by itself.
   */
  readonly at?: number | 'now';
}

export interface QueryAnswer {
  readonly rows: readonly FoundRecord[];
  readonly nextCursor?: string;
  /** The head that the pages stand at. */
  readonly at?: number;
}

/** Records of a collection that a declared index serves, page by page. */
export const query = async (
  serving: Serving,
  space: SpaceRef,
  name: string,
  asked: Query,
  options: QueryOptions = {},
): Promise<Result<QueryAnswer>> => {
  const collections = serving.apps.get(space.app)?.collections ?? {};
  const collection = Object.hasOwn(collections, name) ? collections[name] : undefined;
  if (collection === undefined) return refuse('UNKNOWN_COLLECTION', `the app ${space.app} has no collection ${JSON.stringify(name)}`);
  const planned = planQuery(collection, asked);
  if (!planned.ok) return planned;
  const { limit, ...unpaged } = planned.value;
  const filter = options.filter ?? {};
  const position = asked.cursor === undefined ? ok(undefined) : decodePageCursor(unpaged, asked.cursor, filter);
  if (!position.ok) return position;
  const seq = options.at === 'now' ? undefined : (position.value?.seq ?? options.at ?? (await headOf(serving, space)));
  const at = seq === undefined ? {} : { at: seq };
  const page = await pageAt(serving, space, { ...planFrom(unpaged, position.value), limit }, filter, seq);
  if (page === undefined) {
    return refuse('BAD_CURSOR', 'Too much was changed since the first page of this list. Start again without a cursor.');
  }
  const { rows, last } = page;
  if (last === undefined) return ok({ rows, ...at });
  const end: PagePosition = { ...positionOf(unpaged, last), ...(seq === undefined ? {} : { seq }) };
  return ok({ rows, nextCursor: encodePageCursor(unpaged, end, filter), ...at });
};

const planFrom = (plan: UnpagedPlan, after: PagePosition | undefined): Omit<QueryPlan, 'limit'> =>
  after === undefined ? plan : { ...plan, after: { values: after.values, id: after.id } };

const headOf = async ({ storage }: Serving, space: SpaceRef): Promise<number> => (await storage.readSpace(space.key))?.head ?? 0;

const pageAt = (
  { storage }: Serving,
  { key }: SpaceRef,
  plan: QueryPlan,
  filter: JsonObject,
  seq: number | undefined,
): Promise<Page | undefined> => {
  if (seq === undefined) return readPage(storage, key, plan, filter);
  const changes = changesSince(storage, key, { collection: plan.collection, seq, changesMax: CHANGES_MAX });
  return readStablePage(storage, key, plan, filter, changes);
};
