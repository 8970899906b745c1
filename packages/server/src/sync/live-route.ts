import { refuse } from '@tidemark/protocol';
import { answerRefusal, errorBody } from '../http/answer.ts';
import { respond, setHeader } from '../http/answer-headers.ts';
import { authorizationOf } from '../http/authorization.ts';
import { readQuery } from '../http/check.ts';
import type { HttpContext } from '../http/context.ts';
import type { Call, Route } from './call.ts';
import { type Live, openLive } from './live.ts';
import { createPageReader } from './page-reader.ts';
import { type LiveQuery, liveQuery } from './queries.ts';

const POLLED_EVERY_MS = 5_000;

/** The pull a live stream repeats. A stream that was cut off goes on at Last-Event-ID, as the SSE standard has it. */
const pullRequestOf = (query: LiveQuery, lastEventId: string | undefined) => ({ ...query, cursor: lastEventId ?? query.cursor });

/** Where a stream must end at once: a page, and when to ask for the next. Whoever is told of more asks at once. */
const poll = async (c: HttpContext, readPage: ReturnType<typeof createPageReader>): Promise<Response> => {
  const page = await readPage();
  if (!page.ok) return answerRefusal(c, page.error);
  setHeader(c, 'Content-Type', 'text/event-stream');
  setHeader(c, 'Cache-Control', 'no-store');
  return respond(c, `retry: ${page.value.hasMore ? 0 : POLLED_EVERY_MS}\n\n${page.value.event ?? ''}`);
};

const live = async ({ c, app, principal, space, services }: Call): Promise<Response> => {
  // Hono answers HEAD by the GET handler and throws the body away: nobody would ever end the stream.
  if (c.req.method === 'HEAD') return answerRefusal(c, refuse('METHOD_NOT_ALLOWED', 'A live stream takes GET.').error);
  const query = readQuery(c, liveQuery);
  if (!query.ok) return answerRefusal(c, query.error);
  const { engine, env, identity, logger, metrics, liveStreams } = services;
  const request = pullRequestOf(query.value, c.req.header('Last-Event-ID'));
  if (services.live === 'poll') return poll(c, createPageReader(engine, space, request));
  const correlationId = c.get('correlationId');
  const openedAt = env.mono();
  const authorization = authorizationOf(c);
  // A token that cannot be judged just now was good when the stream began.
  const isStillGood = async () => {
    const again = await identity.authenticate({ authorization, app: app.name });
    if (!again.ok) return again.error.code === 'UNAVAILABLE';
    const { spaceKey, clientId } = again.value;
    return spaceKey === principal.spaceKey && (clientId === undefined || !(await engine.isRevoked(space, clientId)));
  };
  const opened: Live = openLive({
    engine,
    env,
    space,
    request,
    expiresAt: principal.expiresAt,
    isStillGood,
    printError: (refusal) => JSON.stringify(errorBody(refusal, correlationId)),
    onFault: (error) => logger.error({ correlationId, app: app.name, err: error }, 'live stream failed'),
    onEnd: () => {
      liveStreams.remove(opened);
      metrics.liveClosed(app.name);
      logger.debug({ correlationId, app: app.name, ms: Math.round(env.mono() - openedAt) }, 'live stream ended');
    },
  });
  metrics.liveOpened(app.name);
  liveStreams.add(opened);
  setHeader(c, 'Content-Type', 'text/event-stream');
  setHeader(c, 'Cache-Control', 'no-store');
  setHeader(c, 'X-Accel-Buffering', 'no');
  return respond(c, opened.stream);
};

export const liveRoutes: readonly Route[] = [
  { method: 'GET', path: '/sync/live', access: 'read', handle: live },
  { method: 'GET', path: '/sync/stream', access: 'read', handle: live },
];
