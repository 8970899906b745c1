import type { HttpRequest, HttpResponse } from '@tidemark/client';
import { strikes } from '../world/context.ts';
import { POISON } from '../world/poison.ts';
import { MOUNT, type ServerProcess } from '../world/server.ts';
import { type Answer, type Caller, initOf, lineOf, type Way, withLimit } from './way.ts';

const page = (status: number, headers: { readonly [name: string]: string } = {}): Answer => ({
  status,
  headers: new Headers(headers),
  text: '<html>the proxy says no</html>',
});

/** The request has reached the server: its answer, or a rejection where the process dies meanwhile. */
const serve = ({ context, watch }: Way, server: ServerProcess, { life, user }: Caller, request: HttpRequest): Promise<Answer> =>
  new Promise((resolve, reject) => {
    const ended = server.onDeath(() => reject(new Error('connection reset')));
    const work = async (): Promise<void> => {
      const { path, body } = withLimit(request, context.profile.pageLimit);
      watch.onRequest(life, user, path, request.body);
      const response = await server.request(path, initOf(request), body);
      const text = await response.text();
      if (!server.life.alive) return;
      ended();
      watch.onAnswer(life, user, path, request.body, response.status, text);
      context.loop.trace(`${life.name} <- ${response.status} ${path.slice(MOUNT.length, MOUNT.length + 20)} ${text.length}`);
      resolve({ status: response.status, headers: response.headers, text });
    };
    work().catch(reject);
  });

/** A proxy or a load balancer answers in the place of the server. */
const refusedByProxy = ({ context, dice }: Way, request: HttpRequest): Answer | undefined => {
  if (request.body?.includes(POISON) && request.url.endsWith('/sync/push')) {
    context.injected('poison');
    return page(dice.pick([500, 422]));
  }
  if (!strikes(context, 'unavailable')) return undefined;
  const status = dice.pick([503, 503, 429, 500, 408, 403]);
  context.sometimes.hit(`answer ${status} of a proxy`);
  return page(status, dice.chance(0.5) ? { 'retry-after': '2' } : {});
};

const truncated = ({ context, dice }: Way, answer: Answer): Answer => {
  context.sometimes.hit('answer cut short');
  return { ...answer, text: answer.text.slice(0, dice.int(answer.text.length)) };
};

interface Exchange {
  readonly caller: Caller;
  readonly request: HttpRequest;
  readonly line: string;
  /** Ends the exchange for the caller, once. */
  finish(how: () => void): void;
  fail(why: string): void;
  goBack(answer: Answer): void;
}

const openExchange = (
  way: Way,
  caller: Caller,
  request: HttpRequest,
  [resolve, reject]: readonly [(answer: HttpResponse) => void, (fault: Error) => void],
): Exchange => {
  const { context } = way;
  const { loop, sometimes } = context;
  const { life, link } = caller;
  const line = lineOf(request);
  let over = false;
  const cancel = loop.after(request.timeoutMs, `${life.name} gives up on ${line}`, () =>
    finish(() => {
      sometimes.hit('request timed out');
      reject(new Error('no answer in time'));
    }),
  );
  const finish = (how: () => void): void => {
    cancel();
    if (over && life.alive) sometimes.hit('answer came after the exchange was over');
    if (life.alive && !over) how();
    over = true;
  };
  const goBack = (answer: Answer): void =>
    void loop.after(way.latency(), `${life.name} receives ${answer.status} to ${line}`, () => {
      if (!link.back) {
        context.injected('oneWay');
        if (line.endsWith('/push')) sometimes.hit('push acknowledged into a one-way partition');
        return;
      }
      finish(() => resolve({ status: answer.status, header: (name) => answer.headers.get(name), text: async () => answer.text }));
    });
  const fail = (why: string): void =>
    void loop.after(way.latency(), `${life.name} hears: ${why}`, () => finish(() => reject(new Error(why))));
  return { caller, request, line, finish, fail, goBack };
};

const arrive = async (way: Way, exchange: Exchange): Promise<void> => {
  const { context, dice } = way;
  const { sometimes } = context;
  const { caller, request, line, fail, goBack } = exchange;
  const isPush = line.endsWith('/push');
  if (!caller.link.there) {
    context.injected('partition');
    if (dice.chance(0.3)) fail('network unreachable');
    return;
  }
  const refused = refusedByProxy(way, request);
  if (refused !== undefined) return goBack(refused);
  const server = way.chooseServer();
  if (server === undefined) return fail('connection refused');
  try {
    const answer = await serve(way, server, caller, request);
    const committed = isPush && answer.status === 200;
    if (strikes(context, 'dropAnswer')) {
      if (committed) sometimes.hit('answer lost after a commit');
      if (dice.chance(0.5)) fail('connection reset');
    } else if (strikes(context, 'badGateway')) {
      if (committed) sometimes.hit('502 after a commit');
      goBack(page(502));
    } else goBack(strikes(context, 'truncate') ? truncated(way, answer) : answer);
  } catch {
    if (isPush) sometimes.hit('server died under a push');
    fail('connection reset');
  }
};

/** One request over the network: it may be lost, late, doubled, cut, or answered by somebody else. */
export const sendHttp = (way: Way, caller: Caller, request: HttpRequest): Promise<HttpResponse> =>
  new Promise((resolve, reject) => {
    const { context, dice } = way;
    const { loop, sometimes } = context;
    const exchange = openExchange(way, caller, request, [resolve, reject]);
    const { line } = exchange;
    const isPush = line.endsWith('/push');
    const send = (laterMs: number): void =>
      void loop.after(way.latency() + laterMs, `${caller.life.name} -> ${line}`, () => void arrive(way, exchange));
    if (strikes(context, 'hang')) return;
    if (strikes(context, 'dropRequest')) {
      if (dice.chance(0.7)) exchange.fail('connection refused');
      return;
    }
    if (strikes(context, 'late')) {
      if (isPush) sometimes.hit('push given up by the client arrived later');
      exchange.fail('connection reset');
      return send(dice.scale(1_000, 60_000));
    }
    send(0);
    if (strikes(context, 'duplicate')) {
      if (isPush) sometimes.hit('push delivered twice');
      send(dice.chance(0.5) ? 0 : dice.scale(100, 30_000));
    }
  });
