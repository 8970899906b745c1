import type { Env } from '@tidemark/protocol';
import type { Logger } from '../telemetry/logger.ts';
import type { Metrics } from '../telemetry/metrics.ts';
import type { Tracing } from '../telemetry/tracing.ts';
import { headersOf } from './answer-headers.ts';
import type { HttpContext } from './context.ts';

const QUIET_ROUTES = new Set(['/healthz', '/readyz', '/metrics']);

/** What every request is given and leaves behind: a correlation id, a log line, a duration, a span. */
export interface Observers {
  readonly env: Env;
  readonly logger: Logger;
  readonly metrics: Metrics;
  readonly tracing: Tracing | undefined;
}

/**
 * Begins to observe a request; the answer is called when its answer is made. The caller's X-Correlation-Id where it is 1 to 64 of
 * [A-Za-z0-9-], else a fresh one, stands on every answer and in every log line.
 */
export const observe =
  ({ env, logger, metrics, tracing }: Observers) =>
  (c: HttpContext): (() => void) => {
    const startedAt = env.mono();
    const asked = c.req.header('X-Correlation-Id');
    const correlationId = asked !== undefined && /^[A-Za-z0-9-]{1,64}$/.test(asked) ? asked : env.uuid();
    c.set('correlationId', correlationId);
    headersOf(c)['X-Correlation-Id'] = correlationId;
    const { method } = c.req;
    const span = tracing?.startRequest({ method, traceparent: c.req.header('traceparent') });
    return () => {
      const { status } = c.res;
      const route = c.get('route') ?? 'none';
      const app = c.get('app') ?? '';
      const ms = env.mono() - startedAt;
      metrics.requested({ method: methodLabel(method), route, app, status, ms });
      span?.end({ route, app, status });
      const level = status >= 500 ? 'error' : QUIET_ROUTES.has(route) ? 'debug' : 'info';
      if (!logger.isLevelEnabled(level)) return;
      const line = {
        correlationId,
        method,
        route,
        app,
        status,
        code: c.get('code'),
        reason: c.get('reason'),
        ms: Math.round(ms * 10) / 10,
        traceId: span?.traceId,
      };
      logger[level](line, 'request');
    };
  };

const METHODS = new Set(['GET', 'HEAD', 'POST', 'PATCH', 'DELETE', 'OPTIONS', 'PUT']);

// A label takes only values that the server chose, else a caller fills the memory with new ones.
const methodLabel = (method: string): string => (METHODS.has(method) ? method : 'other');
