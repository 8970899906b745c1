import {
  canonicalJson,
  counter,
  defineApp,
  defineCollection,
  type JsonObject,
  list,
  max,
  newest,
  once,
  PROTOCOL_VERSION,
  review,
  set,
} from '@tidemark/protocol';
import type { Mutation, PushAnswer, PushedMutation, Rejected } from '@tidemark/protocol/messages';
import * as z from 'zod';
import { createBench, type TestBench } from '../test-engine.suite.ts';

// Prints what the planner makes of mutations, so that whole tables of outcomes can be read, and compared with the last ones.

const words = z.string().max(20);

const fields = {
  last: { schema: words.optional() },
  newest: { schema: words.optional(), merge: newest() },
  review: { schema: words.optional(), merge: review() },
  quiet: { schema: words.optional(), quiet: true },
  best: { schema: z.number().optional(), merge: max() },
  first: { schema: words.optional(), merge: once() },
  count: { schema: z.number().max(100).optional(), merge: counter() },
  tags: { schema: z.array(words).max(3).optional(), merge: set() },
  items: { schema: z.array(z.record(z.string(), words)).optional(), merge: list() },
};

export const onDeletes = ['deleteWins', 'editWins'] as const;
export type OnDelete = (typeof onDeletes)[number];

const appOf = (onDelete: OnDelete) =>
  defineApp({ name: 'test', schemaVersion: 1, collections: { notes: defineCollection({ name: 'notes', fields, onDelete }) } });

export const openBench = (onDelete: OnDelete): TestBench => createBench(appOf(onDelete));

/** A mutation as a story tells it. */
export type Told = Partial<Omit<Mutation, 'op'>> & { readonly op: PushedMutation['op'] };

/** Conflicts are told apart from records at the end of a story. */
const shortText = (of: JsonObject): string => ('mineBy' in of ? 'a conflict' : canonicalJson(of));

const recordText = (record: { readonly deleted?: true | undefined; readonly fields?: JsonObject | undefined } | undefined): string =>
  record === undefined ? '' : record.deleted ? ' now deleted' : ` now ${shortText(record.fields ?? {})}`;

const rejectedText = ({ code, record }: Rejected): string => `${code}${recordText(record)}`;

/** The verdicts of an answer, one after the other. */
export const answerText = ({ accepted, rejected, latestVersion, ackedN }: PushAnswer): string =>
  [
    ...accepted.map(
      ({ status, first, seq, revision, record, conflictIds = [] }) =>
        `${status}${first === undefined ? '' : ` (${first})`} s${seq} r${revision} c${conflictIds.length}${recordText(record)}`,
    ),
    ...rejected.map(rejectedText),
    `head ${latestVersion} acked ${ackedN}`,
  ].join('; ');

/** Pushes as one client; a refusal of the whole request is told by its code and details. */
export const pushAs = async (bench: TestBench, clientId: string, told: readonly Told[]): Promise<string> => {
  const mutations = told.map(({ op, ...more }, index): PushedMutation => {
    const n = more.n ?? index + 1;
    const mutationId = more.mutationId ?? `${clientId}-${n}`;
    if (op === 'void') return { mutationId, n, op };
    return { collection: 'notes', id: 'x', base: 0, at: bench.env.now, ...more, op, n, mutationId };
  });
  const answer = await bench.engine.push(bench.space, { protocolVersion: PROTOCOL_VERSION, clientId, schemaVersion: 1, mutations });
  return answer.ok ? answerText(answer.value) : `${answer.error.code} ${canonicalJson(answer.error.details ?? {})}`;
};

/** Everything that is left: records, conflicts, and the log with what each change stands on. */
export const spaceText = async ({ engine, storage, space }: TestBench): Promise<string> => {
  const rows = await storage.readLog(space.key, { after: 0, limit: 1_000, bytesMax: 2 ** 24 });
  const log = rows.map(({ seq, collection, revision, prevSeq, mutationId, deleted }) =>
    [seq, collection === 'notes' ? '' : '!', deleted ? 'x' : '', `<${prevSeq} r${revision} ${mutationId}`].join(''),
  );
  const records = await storage.readRecords(space.key, { limit: 1_000, bytesMax: 2 ** 24 });
  const notes = records.filter(({ collection }) => collection === 'notes').map(({ id, fieldsJson }) => `${id} ${fieldsJson}`);
  const found = await engine.conflicts(space, { state: 'all' });
  const conflicts = (found.ok ? found.value.conflicts : []).map(
    ({ field, rule, outcome, state, was, mine, theirs, mineBy, theirsBy, resolution }) =>
      `${field} ${rule}→${outcome} ${state} ${canonicalJson([was, mine, theirs])} ` +
      `by ${mineBy.clientId}/${theirsBy.clientId}@${theirsBy.seq ?? '-'}` +
      (resolution === undefined ? '' : ` resolved ${resolution.choose} ${canonicalJson(resolution.value)} by ${resolution.clientId}`),
  );
  const problems = (await engine.verify(space)).problems;
  return [notes.join(' ') || 'nothing', ...conflicts.sort(), `log ${log.join(' ')}`, ...problems].join('\n    ');
};
