import { type DestinationStream, type Logger, pino } from 'pino';

/**
 * Structured logs, one JSON object a line. Levels: `error` a fault of the server (every 5xx, with the stack where one
 * was thrown); `warn` something a person should look at (a shutdown that had to cut requests off, development tokens
 * on an address that others reach); `info` start, stop, and one line a request; `debug` health checks and scrapes, and
 * live streams that ended. Tokens and bodies are never given to a logger; the redaction is a second fence.
 */
export const createLogger = (options: { readonly level?: string; readonly destination?: DestinationStream } = {}): Logger =>
  pino(
    {
      level: options.level ?? 'info',
      base: null,
      redact: ['authorization', 'token', '*.authorization', '*.token', 'headers'],
      formatters: { level: (label) => ({ level: label }) },
    },
    options.destination ?? pino.destination({ dest: 1, sync: true }),
  );

export type { Logger };
