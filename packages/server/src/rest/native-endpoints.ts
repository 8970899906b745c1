import { type ErrorCode, LIMITS } from '@tidemark/protocol';
import {
  pullRequestSchema,
  pushRequestSchema,
  renameDeviceSchema,
  resolveRequestSchema,
  restoreRequestSchema,
  syncRequestSchema,
} from '@tidemark/protocol/messages';
import * as z from 'zod';
import { conflictsQuery, emptyQuery, historyQuery, liveQuery, pushQuery, stateQuery } from '../sync/queries.ts';
import { EXPORT_TYPE, exportQuery, importAnswerSchema, importQuery } from '../transfer/routes.ts';
import { type EndpointDescription, NO_INPUT } from './endpoint.ts';
import {
  accepted,
  conflictsAnswer,
  device,
  devicesAnswer,
  digestAnswer,
  historyAnswer,
  pullAnswer,
  pushAnswer,
  restoreAnswer,
  sessionAnswer,
  stateAnswer,
  syncAnswer,
} from './native-answers.ts';

const NATIVE_TAG = 'native';

const path = (name: string) => z.object({ [name]: z.string() });

type Described = Omit<EndpointDescription, 'tag' | 'params' | 'query' | 'headers' | 'body'> & Partial<EndpointDescription>;
const native = (of: Described): EndpointDescription => ({ ...NO_INPUT, tag: NATIVE_TAG, ...of });
const answers = (description: string, schema: z.ZodType, type?: string) => ({
  200: { description, schema, ...(type === undefined ? {} : { type }) },
});

const PLACES: readonly ErrorCode[] = ['BAD_CURSOR', 'WRONG_SPACE', 'SPACE_ERASED', 'CLIENT_REVOKED'];
const PUSHES: readonly ErrorCode[] = [
  'CLIENT_REUSED',
  'OUT_OF_ORDER',
  'BASE_AHEAD',
  'MUTATION_REUSED',
  'SCHEMA_AHEAD',
  'TOO_MANY_MUTATIONS',
];
const STREAM = 'Server-Sent Events: pull pages after each commit, and a heartbeat';

const live = (at: string, summary: string): EndpointDescription =>
  native({
    method: 'GET',
    path: at,
    summary,
    query: liveQuery,
    answers: answers(STREAM, z.string(), 'text/event-stream'),
    refusals: PLACES,
  });

/** What clients sync by, beside an app's own routes: the very schemas that check their requests (docs/PROTOCOL.md says what it means). */
export const NATIVE_ENDPOINTS: readonly EndpointDescription[] = [
  native({
    method: 'POST',
    path: '/sync/push',
    summary: 'Send mutations',
    description: 'Each takes effect once, however often it is sent. With dryRun=true the answer is the same and nothing is stored.',
    query: pushQuery,
    body: pushRequestSchema,
    answers: answers('What became of each mutation', pushAnswer),
    refusals: [...PLACES, ...PUSHES],
  }),
  native({
    method: 'POST',
    path: '/sync/pull',
    summary: 'Fetch changes after a cursor',
    body: pullRequestSchema,
    answers: answers('A page of changes', pullAnswer),
    refusals: PLACES,
  }),
  native({
    method: 'POST',
    path: '/sync',
    summary: 'Push, then pull, in one round trip',
    body: syncRequestSchema,
    answers: answers('The answers of both', syncAnswer),
    refusals: [...PLACES, ...PUSHES],
  }),
  live('/sync/live', 'Follow changes as they come'),
  live('/sync/stream', 'The same as /sync/live'),
  native({
    method: 'GET',
    path: '/sync/session',
    summary: 'Who the caller is here, which space, which limits',
    query: emptyQuery,
    answers: answers('The session', sessionAnswer),
  }),
  native({
    method: 'GET',
    path: '/sync/conflicts',
    summary: 'List conflicts',
    query: conflictsQuery,
    answers: answers('A page of conflicts', conflictsAnswer),
  }),
  native({
    method: 'POST',
    path: '/sync/conflicts/:id/resolve',
    summary: 'Resolve a conflict',
    params: path('id'),
    body: resolveRequestSchema,
    answers: answers('The mutation that resolved it', accepted),
    refusals: ['CONFLICT_NOT_FOUND', 'INVALID_ID'],
  }),
  native({
    method: 'GET',
    path: '/sync/history',
    summary: 'The changes of one record, newest first',
    query: historyQuery,
    answers: answers('A page of changes', historyAnswer),
    refusals: ['RECORD_NOT_FOUND'],
  }),
  native({
    method: 'GET',
    path: '/sync/state',
    summary: 'The records as they were at a time or seq',
    query: stateQuery,
    answers: answers('A page of records', stateAnswer),
    refusals: ['HISTORY_COMPACTED'],
  }),
  native({
    method: 'POST',
    path: '/sync/restore',
    summary: 'Bring records back to how they were, as new mutations',
    body: restoreRequestSchema,
    answers: answers('What changed', restoreAnswer),
    refusals: ['HISTORY_COMPACTED'],
  }),
  native({
    method: 'GET',
    path: '/sync/digest',
    summary: 'Count and sum of hashes of each collection',
    query: emptyQuery,
    answers: answers('The digest', digestAnswer),
  }),
  native({
    method: 'GET',
    path: '/devices',
    summary: 'List the devices',
    answers: answers('The devices', devicesAnswer),
  }),
  native({
    method: 'PATCH',
    path: '/devices/:clientId',
    summary: 'Rename a device',
    params: path('clientId'),
    body: renameDeviceSchema,
    answers: answers('The device', device),
    refusals: ['NOT_FOUND'],
  }),
  native({
    method: 'DELETE',
    path: '/devices/:clientId',
    summary: 'Revoke a device',
    params: path('clientId'),
    answers: answers('The device', device),
    refusals: ['NOT_FOUND'],
  }),
  native({
    method: 'GET',
    path: '/export',
    summary: 'Everything of the caller as one file',
    description: 'JSON lines: a manifest, the records of one moment, a seal with the checksum of each part.',
    query: exportQuery,
    answers: answers('The file, streamed', z.string(), EXPORT_TYPE),
  }),
  native({
    method: 'POST',
    path: '/import',
    summary: 'Such a file into the records of the caller',
    description: `At most ${LIMITS.importBytesMax} bytes, decoded. Checked whole before anything is stored; stored in one append.`,
    query: importQuery,
    body: z.string().describe('The file'),
    bodyType: EXPORT_TYPE,
    answers: answers('What became of the records', importAnswerSchema),
    refusals: ['IMPORT_REFUSED'],
  }),
];
