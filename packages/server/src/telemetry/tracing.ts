import type { Span, SpanContext } from '@opentelemetry/api';

/** Retries included, so that a receiver that is gone does not hold up a shutdown. */
const EXPORT_TIMEOUT_MS = 2_000;

/** The span of one request. */
export interface RequestSpan {
  readonly traceId: string;
  end(answer: { readonly route: string; readonly app: string; readonly status: number }): void;
}

export interface Tracing {
  /** `traceparent` is the W3C header of the caller, if there was one: the span then belongs to the caller's trace. */
  startRequest(request: { readonly method: string; readonly traceparent: string | undefined }): RequestSpan;
  /** Sends what is left. */
  close(): Promise<void>;
}

/**
 * Traces to an OTLP endpoint (HTTP, JSON), a span a request. `endpoint` is the base address, as
 * OTEL_EXPORTER_OTLP_ENDPOINT has it. The OpenTelemetry packages are loaded here and nowhere else, so that a server
 * without an endpoint does not pay for them.
 */
export const openTracing = async (endpoint: string): Promise<Tracing> => {
  const [api, sdk, exporting] = await Promise.all([
    import('@opentelemetry/api'),
    import('@opentelemetry/sdk-trace'),
    import('@opentelemetry/exporter-trace-otlp-http'),
  ]);
  const exporter = new exporting.OTLPTraceExporter({ url: `${endpoint.replace(/\/+$/, '')}/v1/traces`, timeoutMillis: EXPORT_TIMEOUT_MS });
  const provider = new sdk.TracerProvider({ spanProcessors: [new sdk.BatchSpanProcessor({ exporter })] });
  const tracer = provider.getTracer('tidemark');

  return {
    startRequest: ({ method, traceparent }) => {
      const parent = parseTraceparent(traceparent);
      const context = parent === undefined ? api.ROOT_CONTEXT : api.trace.setSpanContext(api.ROOT_CONTEXT, parent);
      const span = tracer.startSpan(method, { kind: api.SpanKind.SERVER, attributes: { 'http.request.method': method } }, context);
      return { traceId: span.spanContext().traceId, end: (answer) => endSpan(span, method, answer, api.SpanStatusCode.ERROR) };
    },
    close: () => provider.shutdown(),
  };
};

const endSpan = (span: Span, method: string, answer: Parameters<RequestSpan['end']>[0], errorStatus: number) => {
  span.updateName(`${method} ${answer.route}`);
  span.setAttributes({ 'http.route': answer.route, 'tidemark.app': answer.app, 'http.response.status_code': answer.status });
  if (answer.status >= 500) span.setStatus({ code: errorStatus });
  span.end();
};

// https://www.w3.org/TR/trace-context/#traceparent-header, version 00.
const parseTraceparent = (header: string | undefined): SpanContext | undefined => {
  const [, traceId, spanId, flags] = /^00-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})$/.exec(header ?? '') ?? [];
  if (traceId === undefined || spanId === undefined || flags === undefined) return undefined;
  return { traceId, spanId, traceFlags: Number.parseInt(flags, 16), isRemote: true };
};
