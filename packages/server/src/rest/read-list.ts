import type { FoundRecord } from '@tidemark/engine';
import { canonicalJson, isJsonObject, ok, type Result, refuse } from '@tidemark/protocol';
import type { Call } from '../sync/call.ts';
import { listSteps } from './list-plan.ts';
import type { Selection } from './list-request.ts';
import type { Resource } from './resource.ts';

/** Where a list goes on: in which of its queries, after which record, standing at which head. */
interface Place {
  readonly step: number;
  readonly cursor?: string;
  readonly at?: number;
}

export interface ListPage {
  readonly rows: readonly FoundRecord[];
  readonly next: string | undefined;
}

const encode = ({ step, cursor, at }: Place): string =>
  Buffer.from(canonicalJson({ step, ...(cursor === undefined ? {} : { cursor }), ...(at === undefined ? {} : { at }) })).toString(
    'base64url',
  );

const badCursor = (): Result<never> =>
  refuse('BAD_CURSOR', 'This is no cursor of this list. Start again without one, and change nothing else from page to page.');

const decode = (text: string): Result<Place> => {
  try {
    const place: unknown = JSON.parse(Buffer.from(text, 'base64url').toString('utf8'));
    if (!isJsonObject(place)) return badCursor();
    const { step, cursor, at } = place;
    if (typeof step !== 'number' || (cursor !== undefined && typeof cursor !== 'string')) return badCursor();
    if (at !== undefined && (typeof at !== 'number' || !Number.isSafeInteger(at) || at < 0)) return badCursor();
    return ok({ step, ...(cursor === undefined ? {} : { cursor }), ...(at === undefined ? {} : { at }) });
  } catch {
    return badCursor();
  }
};

/**
 * A page of a list. All pages are of the state when the first one was asked for (see Engine.query), unless `at` is 'now'.
 * Refusals: BAD_CURSOR, BAD_REQUEST.
 */
export const readList = async (
  { services, space }: Pick<Call, 'services' | 'space'>,
  resource: Resource,
  selection: Selection,
  page: { readonly limit: number; readonly cursor?: string | undefined; readonly at?: number | 'now' },
): Promise<Result<ListPage>> => {
  const steps = listSteps(resource, selection);
  const start = page.cursor === undefined ? ok<Place>({ step: 0 }) : decode(page.cursor);
  if (!start.ok) return start;
  let place = start.value;
  let at = place.at ?? page.at;
  const rows: FoundRecord[] = [];
  for (;;) {
    const step = steps[place.step];
    if (step === undefined) return badCursor();
    const { cursor } = place;
    const query = { ...step.query, limit: page.limit - rows.length, ...(cursor === undefined ? {} : { cursor }) };
    const options = { filter: step.filter, ...(at === undefined ? {} : { at }) };
    const found = await services.engine.query(space, resource.collection.name, query, options);
    if (!found.ok) return found;
    rows.push(...found.value.rows);
    const stand = found.value.at;
    at = stand ?? at;
    const more = stand === undefined ? {} : { at: stand };
    if (found.value.nextCursor !== undefined)
      return ok({ rows, next: encode({ step: place.step, cursor: found.value.nextCursor, ...more }) });
    place = { step: place.step + 1, ...more };
    if (place.step >= steps.length) return ok({ rows, next: undefined });
    if (rows.length >= page.limit) return ok({ rows, next: encode(place) });
  }
};
