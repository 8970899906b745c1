import type { JsonObject } from '@tidemark/protocol';
import type { Accepted, Mutation, PushAnswer } from '@tidemark/protocol/messages';
import { type Caller, success } from './platform/http.ts';
import { now } from './platform/moment.ts';

const RECORDS = 25;
const BATCH_MAX = 5;

/** What a client sent and what of it was acknowledged: all that an audit needs. */
export interface Sender {
  readonly clientId: string;
  readonly sent: ReadonlyMap<string, Mutation>;
  readonly acknowledged: ReadonlyMap<string, Accepted>;
  /** Pushes what is unacknowledged, nothing new. */
  flush(caller: Caller): Promise<void>;
}

/** A client reduced to what a crash test needs: an outbox that survives the server, and what was acknowledged. */
export interface Writer extends Sender {
  /** Pushes one batch after the other until the connection is cut or `stop` answers true. Begins with what is unacknowledged. */
  write(caller: Caller, stop: () => boolean): Promise<void>;
  /** The client as it was at a time (milliseconds since 1970): what was drawn or acknowledged later is not. */
  asOf(time: number): Sender;
}

interface Known {
  readonly seq: number;
  readonly deleted: boolean;
}

const taskFields = (title: string, n: number): JsonObject => ({ title, archived: false, tags: [], intervals: [], updatedAt: n });

/** Draws the next mutation of a record: a put where there is none, else mostly patches, now and then a delete. */
const nextOp = (known: Known | undefined, draw: number): Mutation['op'] => {
  if (known === undefined || known.deleted) return 'put';
  return draw < 0.1 ? 'delete' : draw < 0.3 ? 'put' : 'patch';
};

/** Those of a time that is not after `time`. */
const until = <T>(all: ReadonlyMap<string, T>, times: ReadonlyMap<string, number>, time: number): Map<string, T> =>
  new Map([...all].filter(([id]) => (times.get(id) ?? Number.POSITIVE_INFINITY) <= time));

const pushOf = (caller: Caller, clientId: string, mutations: readonly Mutation[]) =>
  caller.post<PushAnswer>('/sync/push', { protocolVersion: 1, clientId, schemaVersion: 1, mutations });

/** A sender that was left with these. */
const createSender = (clientId: string, sent: ReadonlyMap<string, Mutation>, before: ReadonlyMap<string, Accepted>): Sender => {
  const acknowledged = new Map(before);
  return {
    clientId,
    sent,
    acknowledged,
    flush: async (caller) => {
      const outbox = [...sent.values()].filter(({ mutationId }) => !acknowledged.has(mutationId));
      if (outbox.length === 0) return;
      const { accepted, rejected } = success(await pushOf(caller, clientId, outbox));
      if (rejected.length > 0) throw new Error(`refused: ${JSON.stringify(rejected)}`);
      for (const one of accepted) acknowledged.set(one.mutationId, one);
    },
  };
};

/** `grouped`: what is drawn together forms a group. */
export const createWriter = (clientId: string, random: () => number, { grouped = false } = {}): Writer => {
  const recordIds = Array.from({ length: RECORDS }, (_, index) => `${clientId}-${index}`);
  const known = new Map<string, Known>();
  const sent = new Map<string, Mutation>();
  const acknowledged = new Map<string, Accepted>();
  const drawnAt = new Map<string, number>();
  const acknowledgedAt = new Map<string, number>();
  let outbox: Mutation[] = [];

  const draw = (group: string): Mutation => {
    const n = sent.size + 1;
    const id = recordIds[Math.floor(random() * RECORDS)] ?? '';
    const before = known.get(id);
    const op = nextOp(before, random());
    const title = `${clientId} ${n}`;
    const fields = op === 'put' ? taskFields(title, n) : { title, updatedAt: n };
    const mutationId = `${clientId}-m${n}`;
    known.set(id, { seq: before?.seq ?? 0, deleted: op === 'delete' });
    const base = { mutationId, n, collection: 'tasks', id, base: before?.seq ?? 0, at: n, ...(grouped ? { group } : {}) };
    return op === 'delete' ? { ...base, op } : { ...base, op, fields: { ...fields } };
  };

  const settle = (answer: PushAnswer): void => {
    if (answer.rejected.length > 0) throw new Error(`refused: ${JSON.stringify(answer.rejected)}`);
    for (const accepted of answer.accepted) {
      acknowledged.set(accepted.mutationId, accepted);
      // A millisecond is rounded down.
      acknowledgedAt.set(accepted.mutationId, now() + 1);
      const mutation = sent.get(accepted.mutationId);
      const state = known.get(mutation?.id ?? '');
      if (mutation !== undefined && state !== undefined) known.set(mutation.id, { ...state, seq: accepted.seq });
    }
    outbox = outbox.filter(({ mutationId }) => !acknowledged.has(mutationId));
  };

  const push = async (caller: Caller): Promise<boolean> => {
    const answer = await pushOf(caller, clientId, outbox);
    if (answer === 'cut') return false;
    // A server that is stopping or cannot write says so; the outbox stays.
    if (answer.status === 503 || answer.status === 507) return false;
    if (answer.status !== 200) throw new Error(`${answer.status} ${JSON.stringify(answer.body)}`);
    settle(answer.body);
    return true;
  };

  return {
    clientId,
    sent,
    acknowledged,
    write: async (caller, stop) => {
      while (!stop()) {
        const group = `${clientId}-g${sent.size}`;
        for (let more = Math.ceil(random() * BATCH_MAX); more > 0; more -= 1) {
          const mutation = draw(group);
          sent.set(mutation.mutationId, mutation);
          drawnAt.set(mutation.mutationId, now());
          outbox.push(mutation);
        }
        if (!(await push(caller))) return;
      }
    },
    asOf: (time) => createSender(clientId, until(sent, drawnAt, time), until(acknowledged, acknowledgedAt, time)),
    flush: async (caller) => {
      if (outbox.length > 0 && !(await push(caller))) throw new Error('The connection was cut.');
    },
  };
};
