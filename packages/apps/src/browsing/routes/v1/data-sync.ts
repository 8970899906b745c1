import { ok, refuse } from '@tidemark/protocol';
import { answerJson, type Endpoint, endpoint, NO_INPUT } from '@tidemark/server/rest';
import * as z from 'zod';
import { BROWSING_LIMITS, clientName } from '../../schema.ts';
import { AGGREGATES, VISITS } from '../read-record.ts';
import { rejectedShape } from '../shapes.ts';
import { storeBatches } from '../store-batch.ts';
import { v1Words } from './words.ts';

const list = z.array(z.unknown()).nullish();

/** Visits and aggregates of one browser, in the words of the extension. Either list may be missing or empty. */
export const v1DataSync: Endpoint = endpoint({
  ...NO_INPUT,
  method: 'POST',
  path: '/api/v1/data/sync',
  tag: 'v1',
  summary: 'Store page visits and tab aggregates',
  errors: v1Words,
  batchMax: BROWSING_LIMITS.batchMax,
  body: z.object({ anonymousClientId: clientName.nullish(), pageVisits: list, tabAggregates: list }),
  answers: {
    200: {
      description: 'Stored. Records that were refused are listed with their place; all others are stored',
      schema: z.object({
        success: z.literal(true),
        message: z.string(),
        data: z.object({
          pageVisitsSynced: z.int(),
          tabAggregatesSynced: z.int(),
          rejected: z.array(rejectedShape.extend({ list: z.enum(['pageVisits', 'tabAggregates']) })),
        }),
      }),
    },
  },
  handle: async (call, { body }) => {
    const client = body.anonymousClientId ?? undefined;
    const kinds = [VISITS, AGGREGATES] as const;
    const stored = await storeBatches(
      call,
      kinds.map((kind) => ({ kind, values: body[kind.collection] ?? [], client })),
    );
    if (!stored.ok) return stored;
    const [visits, aggregates] = stored.value;
    const rejected = stored.value.flatMap((outcome, i) => outcome.rejected.map((one) => ({ list: kinds[i]?.collection ?? '', ...one })));
    const pageVisitsSynced = visits?.accepted ?? 0;
    const tabAggregatesSynced = aggregates?.accepted ?? 0;
    if (rejected.length > 0 && pageVisitsSynced + tabAggregatesSynced === 0)
      return refuse('BAD_REQUEST', 'No record of this batch could be taken; errors says why.', { rejected });
    const data = { pageVisitsSynced, tabAggregatesSynced, rejected };
    return ok(await answerJson(call.c, { success: true, message: 'Synced.', data }));
  },
});
