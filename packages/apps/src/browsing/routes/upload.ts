import { ok, type Result, refuse } from '@tidemark/protocol';
import { answerJson, type Call, type Endpoint, endpoint, NO_INPUT } from '@tidemark/server/rest';
import { BROWSING_LIMITS } from '../schema.ts';
import { AGGREGATES, type Kind, VISITS } from './read-record.ts';
import { aggregatesBody, outcomeShape, visitsBody } from './shapes.ts';
import { type Outcome, storeBatches } from './store-batch.ts';

const description = `Repeatable, and in any order: what is there already is unchanged, and of two looks at one record the
durations and times only grow. Each record is checked on its own; what was refused is listed with its place, and everything else is
stored. Where every record was refused the answer is 400, with the same list in details.rejected.`;

const uploadOf = async (call: Call, kind: Kind, values: readonly unknown[]): Promise<Result<Response>> => {
  const stored = await storeBatches(call, [{ kind, values, client: undefined }]);
  if (!stored.ok) return stored;
  const outcome: Outcome | undefined = stored.value[0];
  if (outcome === undefined || (outcome.accepted === 0 && outcome.rejected.length > 0)) {
    return refuse('BAD_REQUEST', 'No record of this batch could be taken; details.rejected says why.', {
      rejected: outcome?.rejected.map((one) => ({ ...one })) ?? [],
    });
  }
  return ok(await answerJson(call.c, outcome));
};

const upload = {
  ...NO_INPUT,
  method: 'POST' as const,
  tag: 'sync',
  description,
  batchMax: BROWSING_LIMITS.batchMax,
  answers: { 200: { description: 'What became of them', schema: outcomeShape } },
};

export const uploadEndpoints: readonly Endpoint[] = [
  endpoint({
    ...upload,
    path: '/api/sync/page-visits',
    summary: 'Store page visits',
    body: visitsBody,
    handle: (call, { body }) => uploadOf(call, VISITS, body.visits),
  }),
  endpoint({
    ...upload,
    path: '/api/sync/tab-aggregates',
    summary: 'Store tab aggregates',
    body: aggregatesBody,
    handle: (call, { body }) => uploadOf(call, AGGREGATES, body.aggregates),
  }),
];
