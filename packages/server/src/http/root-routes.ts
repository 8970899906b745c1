import type { Engine } from '@tidemark/engine';
import { refuse } from '@tidemark/protocol';
import type { Logger } from '../telemetry/logger.ts';
import type { Metrics } from '../telemetry/metrics.ts';
import { answerJson, answerRefusal } from './answer.ts';
import { respond, setHeader } from './answer-headers.ts';
import type { HttpApp } from './context.ts';

/** What the whole server answers, beside the apps: for a supervisor, a load balancer and a Prometheus. No token is asked for. */
export const mountRootRoutes = (
  http: HttpApp,
  services: { readonly engine: Engine; readonly metrics: Metrics; readonly logger: Logger; readonly isStopping: () => boolean },
): void => {
  const { engine, metrics, logger, isStopping } = services;
  http.get('/healthz', (c) => {
    c.set('route', '/healthz');
    return answerJson(c, { status: 'ok' });
  });
  http.get('/readyz', async (c) => {
    c.set('route', '/readyz');
    if (isStopping()) return answerRefusal(c, refuse('UNAVAILABLE', 'The server is stopping.').error);
    try {
      for await (const _ of engine.listSpaces()) break;
    } catch (error) {
      logger.error({ correlationId: c.get('correlationId'), err: error }, 'storage is not readable');
      return answerRefusal(c, refuse('UNAVAILABLE', 'The storage cannot be read.').error);
    }
    return answerJson(c, { status: 'ready' });
  });
  http.get('/metrics', async (c) => {
    c.set('route', '/metrics');
    setHeader(c, 'Content-Type', metrics.contentType);
    return respond(c, await metrics.print());
  });
  for (const path of ['/healthz', '/readyz', '/metrics']) {
    http.all(path, (c) => {
      c.set('route', path);
      setHeader(c, 'Allow', 'GET');
      return answerRefusal(c, refuse('METHOD_NOT_ALLOWED', 'This address takes GET.').error);
    });
  }
};
