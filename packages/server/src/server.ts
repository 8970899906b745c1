import type { Mailbox } from './accounts/mail/mailbox.ts';
import type { HttpApp } from './http/context.ts';
import { createHttpApp, type HttpAppOptions } from './http/http-app.ts';
import type { DevelopmentKey } from './identity/development-key.ts';
import { isLoopbackHost } from './identity/development-route.ts';
import { type Listener, type ListenLimits, listen } from './platform/listen.ts';
import { createLiveStreams } from './sync/live-streams.ts';
import { openTracing } from './telemetry/tracing.ts';

const SHUTDOWN_LIMIT_MS = 10_000;

export interface ServerOptions extends Omit<HttpAppOptions, 'tracing' | 'development' | 'mail' | 'liveStreams' | 'isStopping'> {
  /** Base address of an OTLP receiver (OTEL_EXPORTER_OTLP_ENDPOINT); tracing is loaded only when it is given. */
  readonly otlpEndpoint?: string;
  /** Shown at /dev/mail while the server listens on a loopback address. */
  readonly mailbox?: Mailbox;
  /** The page may get tokens signed by this key while the server listens on a loopback address. */
  readonly developmentKey?: DevelopmentKey;
  readonly listenLimits?: ListenLimits;
}

export interface Server {
  readonly app: HttpApp;
  /** Once. `host` is 127.0.0.1 unless given; port 0 takes a free one. Rejects when the address cannot be had. */
  listen(port: number, host?: string): Promise<{ readonly port: number }>;
  /**
   * Stops accepting, ends live streams, lets requests under way finish (at most 10 s), then closes the engine. Every
   * mutation acknowledged is stored by then. The storage is closed by whoever opened it. May be called twice.
   */
  close(): Promise<void>;
}

/** A server over an engine. Nothing listens until `listen`. */
export const createServer = async (options: ServerOptions): Promise<Server> => {
  const { engine, env, logger, otlpEndpoint, developmentKey, mailbox } = options;
  const tracing = otlpEndpoint === undefined ? undefined : await openTracing(otlpEndpoint);
  const liveStreams = createLiveStreams();
  let listener: Listener | undefined;
  let loopback = false;
  let closing: Promise<void> | undefined;

  const app = createHttpApp({
    ...options,
    ...(tracing === undefined ? {} : { tracing }),
    ...(mailbox === undefined ? {} : { mail: { mailbox, isLoopback: () => loopback } }),
    ...(developmentKey === undefined ? {} : { development: { key: developmentKey, isLoopback: () => loopback } }),
    liveStreams,
    isStopping: () => closing !== undefined,
  });

  const close = async () => {
    logger.info('stopping');
    liveStreams.endAll();
    const cut = (await listener?.close(SHUTDOWN_LIMIT_MS)) ?? 0;
    if (cut > 0) logger.warn({ connections: cut }, 'cut off requests that did not finish in time');
    await engine.close();
    await tracing?.close().catch((error: unknown) => logger.warn({ err: error }, 'the last traces were not sent'));
    logger.info('stopped');
  };
  return {
    app,
    listen: async (port, host = '127.0.0.1') => {
      loopback = isLoopbackHost(host);
      listener = await listen(
        (request, peerAddress) => app.fetch(request, peerAddress === undefined ? {} : { peerAddress }),
        { port, host },
        env,
        options.listenLimits,
      );
      logger.info({ host, port: listener.port }, 'listening');
      if (developmentKey !== undefined && !loopback) logger.warn({ host }, 'development tokens are taken on an address that others reach');
      return { port: listener.port };
    },
    close: () => (closing ??= close()),
  };
};
