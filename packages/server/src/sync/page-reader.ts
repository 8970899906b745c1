import { type Engine, type PullPage, printPull, type SpaceRef } from '@tidemark/engine';
import type { Result } from '@tidemark/protocol';
import type { PullRequest } from '@tidemark/protocol/messages';

/** The next page of a live stream as an event, undefined when it would say nothing new. */
export interface ReadPage {
  readonly event: string | undefined;
  readonly hasMore: boolean;
}

/** Pulls page after page: the cursor moves with each, and the first is news even when it is empty. */
export const createPageReader = (engine: Engine, space: SpaceRef, request: PullRequest): (() => Promise<Result<ReadPage>>) => {
  const { pushed: _, ...others } = request;
  let cursor = request.cursor;
  let ackedN: number | undefined;
  let first = true;
  const isNews = (page: PullPage) =>
    first || page.rows.length > 0 || page.hasMore || page.reset !== undefined || page.cursor !== cursor || page.ackedN !== ackedN;

  return async () => {
    // What was pushed is confirmed by the first page.
    const pulled = await engine.pull(space, first ? request : { ...others, ...(cursor === undefined ? {} : { cursor }) });
    if (!pulled.ok) return pulled;
    const page = pulled.value;
    const { hasMore } = page;
    if (!isNews(page)) return { ok: true, value: { event: undefined, hasMore } };
    first = false;
    cursor = page.cursor;
    if (!hasMore) ackedN = page.ackedN;
    return { ok: true, value: { event: `id: ${cursor}\nevent: page\ndata: ${printPull(page)}\n\n`, hasMore } };
  };
};
