import { isJsonObject, type Json, type JsonObject } from '@tidemark/protocol';
import type { TrafficWatch } from '../network/way.ts';
import type { Context, Life } from '../world/context.ts';
import { MOUNT, parseJson } from '../world/server.ts';
import { asMutation, canaryOf, hasContentOf, type Memory } from './memory.ts';
import { createPositions, cursorOf } from './positions.ts';

/** Requests that a tab may make in one virtual minute, however bad the network is, beside those that brought it a new page of changes. */
const REQUESTS_PER_MINUTE_MAX = 600;
/** How often one mutation may be sent. */
const SENDINGS_MAX = 250;

export interface TrafficCheck extends TrafficWatch {
  /** The server went back to an older state: its verdicts may be others now. */
  restart(): void;
}

const createBudget = ({ violate, loop }: Context) => {
  const minutes = new Map<string, { minute: number; count: number }>();
  const sendings = new Map<string, number>();
  const pages = new Set<string>();
  return {
    request: (life: Life): void => {
      const minute = Math.floor(loop.now() / 60_000);
      const known = minutes.get(life.name);
      const count = known?.minute === minute ? known.count + 1 : 1;
      minutes.set(life.name, { minute, count });
      if (count > REQUESTS_PER_MINUTE_MAX) violate('I15', `${life.name} made ${count} requests in a minute`);
    },
    /** A page with changes, and the cursor after it: one that goes on has paid for its request. */
    page: (life: Life, cursor: string): void => {
      const known = minutes.get(life.name);
      const page = `${life.name} ${cursor}`;
      if (known !== undefined && !pages.has(page)) known.count -= 1;
      pages.add(page);
    },
    sending: (life: Life, mutationId: string): void => {
      const count = (sendings.get(`${life.name} ${mutationId}`) ?? 0) + 1;
      sendings.set(`${life.name} ${mutationId}`, count);
      if (count > SENDINGS_MAX) violate('I18', `${life.name} sends ${mutationId} for the ${count}th time`);
    },
  };
};

const createVerdictCheck = ({ violate, sometimes }: Context, memory: Memory) => {
  const verdicts = new Map<string, string>();
  const take = (user: string, item: Json, kind: 'accepted' | 'rejected'): void => {
    if (!isJsonObject(item) || typeof item.mutationId !== 'string') return;
    const { mutationId } = item;
    const says = kind === 'rejected' ? `rejected ${String(item.code)}` : `${String(item.first ?? item.status)} at ${Number(item.seq)}`;
    if (item.status === 'duplicate') sometimes.hit('duplicate answered');
    if (kind === 'rejected') sometimes.hit(`mutation refused: ${String(item.code)}`);
    if (item.code === 'PLANNER_FAILED') violate('total', `the planner failed on ${mutationId}: ${String(item.message)}`);
    if (item.code === 'GROUP_SPLIT') violate('I16', `the group of ${mutationId} was sent in parts`);
    if (!memory.receipts.has(mutationId)) {
      // An erasure may come between the append and its answer, which then tells of the space that was.
      if (!memory.erasedReceipts.has(mutationId)) violate('I1', `${mutationId} was answered ${says}, but there is no receipt`);
      return;
    }
    const key = `${user} ${mutationId}`;
    const before = verdicts.get(key) ?? says;
    verdicts.set(key, before);
    if (before !== says) violate('I2', `${mutationId} of ${user} was answered ${before}, then ${says}`);
  };
  return { take, forget: (): void => verdicts.clear() };
};

const meet = ({ sometimes }: Context, path: string, status: number, body: JsonObject): void => {
  if (status >= 400 && isJsonObject(body.error)) sometimes.hit(`answer ${status} ${String(body.error.code)}`);
  if (body.reset !== undefined) sometimes.hit(`reset ${String(body.reset)}`);
  if (path.startsWith('/sync/pull') && body.hasMore === true) {
    sometimes.hit(body.reset === undefined ? 'pull in several pages' : 'snapshot in several pages');
  }
};

/** Checks what goes over the wire: nothing invented or changed, equal verdicts, no byte of another user, a bound on requests. */
export const createTrafficCheck = (context: Context, memory: Memory, users: readonly string[]): TrafficCheck => {
  const { violate, sometimes } = context;
  const budget = createBudget(context);
  const verdicts = createVerdictCheck(context, memory);
  const positions = createPositions(context, memory);
  const checkCanaries = (user: string, text: string): void => {
    for (const other of users)
      if (other !== user && text.includes(canaryOf(other))) violate('I12', `${user} received something of ${other}`);
  };
  const checkSent = (life: Life, user: string, sent: Json): void => {
    const mutation = asMutation(sent);
    if (isJsonObject(sent) && sent.op === 'void') sometimes.hit('void sent');
    if (mutation === undefined) return;
    budget.sending(life, mutation.mutationId);
    if (mutation.healed !== undefined) sometimes.hit('journal offered to a restored server');
    const known = memory.issued.get(mutation.mutationId);
    if (known === undefined) violate('I3', `${life.name} sends ${mutation.mutationId}, which was never stored`);
    else if (known.user !== user) violate('I12', `${life.name} of ${user} sends a mutation of ${known.user}`);
    else if (!hasContentOf(known, mutation))
      violate('I3', `${life.name} sends ${mutation.mutationId} with another content than it was queued with`);
  };
  return {
    onRequest: (life, user, path, text) => {
      budget.request(life);
      const body = path.endsWith('/sync/push') ? parseJson(text) : undefined;
      if (isJsonObject(body) && Array.isArray(body.mutations)) for (const sent of body.mutations) checkSent(life, user, sent);
    },
    onAnswer: (life, user, path, sent, status, text) => {
      checkCanaries(user, text);
      const body = parseJson(text);
      if (!isJsonObject(body)) return;
      meet(context, path.slice(MOUNT.length), status, body);
      if (status >= 500 && isJsonObject(body.error) && body.error.code === 'INTERNAL')
        violate('total', `the server failed: ${text.slice(0, 300)}`);
      if (Array.isArray(body.changes) && body.changes.length > 0) budget.page(life, String(body.cursor));
      if (status === 200 && path.endsWith('/sync/pull')) positions.page(user, cursorOf(parseJson(sent)), body);
      if (status !== 200 || !path.endsWith('/sync/push')) return;
      if (Array.isArray(body.accepted)) for (const item of body.accepted) verdicts.take(user, item, 'accepted');
      if (Array.isArray(body.rejected)) for (const item of body.rejected) verdicts.take(user, item, 'rejected');
    },
    onChunk: (user, text) => {
      sometimes.hit('page came by the stream');
      checkCanaries(user, text);
    },
    restart: verdicts.forget,
  };
};
