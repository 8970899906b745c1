import { ERRORS, type ErrorCode, isJsonObject, type Json, type JsonObject, LIMITS, type Limits } from '@tidemark/protocol';
import type {
  Accepted,
  Author,
  CollectionDigest,
  ConflictFields,
  Device,
  DevicesAnswer,
  DigestAnswer,
  HistoryAnswer,
  HistoryEntry,
  PullAnswer,
  PushAnswer,
  RecordState,
  Rejected,
  RestoreAnswer,
  SessionAnswer,
  StateAnswer,
  SyncAnswer,
} from '@tidemark/protocol/messages';
import * as z from 'zod';

// What the native routes answer, for the spec. The engine makes these answers and nothing checks them on their way out, so each schema
// is held to the type that the route answers with: by the compiler here, and by native-answers.test.ts to what comes.

/** Holds a schema to a type: does not compile where a member of the type is not in the schema, or is something else there. */
const exactly =
  <T extends object>() =>
  <S extends z.ZodObject & z.ZodType<T>>(schema: S & (Exclude<keyof T, keyof S['shape']> extends never ? unknown : never)): S =>
    schema;

const whole = z.int().min(0);
const time = z.number().describe('Milliseconds');
const fields = z.custom<JsonObject>(isJsonObject).meta({ type: 'object' });
const json = z.custom<Json>((value) => value !== undefined).meta({ type: ['null', 'string', 'number', 'boolean', 'object', 'array'] });
const code = z
  .custom<ErrorCode>((value) => typeof value === 'string' && Object.hasOwn(ERRORS, value))
  .meta({ type: 'string', enum: Object.keys(ERRORS) });
const limits = z
  .custom<Limits>((value) => isJsonObject(value) && Object.keys(LIMITS).every((name) => typeof value[name] === 'number'))
  .meta({
    type: 'object',
    properties: Object.fromEntries(Object.keys(LIMITS).map((name) => [name, { type: 'integer' }])),
    required: Object.keys(LIMITS),
  });
const place = { epoch: z.string(), spaceId: z.string() };

const state = exactly<RecordState>()(
  z.object({
    collection: z.string(),
    id: z.string(),
    seq: whole,
    revision: whole,
    updatedAt: time.describe('Commit time, milliseconds'),
    schemaVersion: whole,
    deleted: z.literal(true).exactOptional(),
    fields: fields.exactOptional(),
  }),
);
const status = z.enum(['applied', 'merged', 'conflict']);
export const accepted = exactly<Accepted>()(
  z.object({
    mutationId: z.string(),
    status: z.enum([...status.options, 'duplicate']),
    first: status.exactOptional(),
    seq: whole,
    revision: whole,
    record: state.exactOptional(),
    conflictIds: z.array(z.string()).exactOptional(),
  }),
);
const rejected = exactly<Rejected>()(
  z.object({ mutationId: z.string(), code, message: z.string(), details: fields.exactOptional(), record: state.exactOptional() }),
);
export const pushAnswer = exactly<PushAnswer>()(
  z.object({
    accepted: z.array(accepted),
    rejected: z.array(rejected),
    latestVersion: whole,
    ackedN: whole,
    pushed: z.string().exactOptional(),
    ...place,
    serverTime: time,
  }),
);
export const pullAnswer = exactly<PullAnswer>()(
  z.object({
    changes: z.array(state),
    cursor: z.string(),
    seq: whole,
    latestVersion: whole,
    hasMore: z.boolean(),
    reset: z.enum(['floor', 'epoch']).exactOptional(),
    ackedN: whole.exactOptional(),
    ...place,
  }),
);
export const syncAnswer = exactly<SyncAnswer>()(z.object({ push: pushAnswer, pull: pullAnswer }));
export const sessionAnswer = exactly<SessionAnswer>()(
  z.object({
    app: z.string(),
    issuer: z.string(),
    subject: z.string(),
    ...place,
    latestVersion: whole,
    protocolVersion: whole,
    schemaVersion: whole,
    serverTime: time,
    limits,
  }),
);
export const device = exactly<Device>()(
  z.object({
    clientId: z.string(),
    name: z.string().exactOptional(),
    ackedN: whole,
    seq: whole,
    firstSeenAt: time,
    lastSeenAt: time,
    revoked: z.boolean(),
  }),
);
export const devicesAnswer = exactly<DevicesAnswer>()(z.object({ devices: z.array(device) }));
const author = exactly<Author>()(
  z.object({ clientId: z.string(), mutationId: z.string().exactOptional(), at: time, seq: whole.exactOptional() }),
);
type Resolution = NonNullable<ConflictFields['resolution']>;
const resolution = exactly<Resolution>()(
  z.object({
    choose: z.enum(['mine', 'theirs', 'value', 'quiet']),
    value: json,
    clientId: z.string(),
    mutationId: z.string(),
    at: time,
  }),
);
const conflict = exactly<ConflictFields & { readonly conflictId: string; readonly seq: number }>()(
  z.object({
    conflictId: z.string(),
    seq: whole,
    collection: z.string(),
    id: z.string(),
    field: z.string(),
    was: json,
    mine: json,
    theirs: json,
    mineBy: author,
    theirsBy: author,
    rule: z.string(),
    outcome: z.enum(['mine', 'theirs', 'merged']),
    state: z.enum(['open', 'resolved']),
    raisedAt: time,
    resolution: resolution.exactOptional(),
  }),
);
export const conflictsAnswer = z.object({ conflicts: z.array(conflict), nextAfter: z.string().exactOptional() });
const entry = exactly<HistoryEntry>()(state.extend({ mutationId: z.string(), clientId: z.string(), at: time }));
export const historyAnswer = exactly<HistoryAnswer>()(
  z.object({ entries: z.array(entry), nextBefore: whole.exactOptional(), compacted: z.boolean() }),
);
export const stateAnswer = exactly<StateAnswer>()(z.object({ seq: whole, records: z.array(state), nextAfter: z.string().exactOptional() }));
export const restoreAnswer = exactly<RestoreAnswer>()(z.object({ restored: whole, seq: whole, latestVersion: whole }));
const sum = exactly<CollectionDigest>()(z.object({ count: whole, sum: z.string().describe('16 hex characters') }));
export const digestAnswer = exactly<DigestAnswer>()(
  z.object({ collections: z.record(z.string(), sum), seq: whole, cursor: z.string(), ...place }),
);
