import { type DestinationStream, type Logger, pino } from 'pino';
import { redactSecrets } from './redact.ts';

const SECRET_MEMBERS = [
  'authorization',
  'headers',
  'body',
  'token',
  'accessToken',
  'refreshToken',
  'idToken',
  'password',
  'newPassword',
  'secret',
  'apiKey',
  'email',
  'phone',
];

/**
 * Structured logs, one JSON object a line. Levels: `error` a fault of the server (every 5xx, with the stack where one
 * was thrown); `warn` something a person should look at (a shutdown that had to cut requests off, development tokens
 * on an address that others reach); `info` start, stop, and one line a request; `debug` health checks and scrapes, and
 * live streams that ended. Tokens and bodies are never given to a logger; the redaction is a second fence: of members by
 * their name, and of whatever in a line looks like a credential.
 */
export const createLogger = (options: { readonly level?: string; readonly destination?: DestinationStream } = {}): Logger =>
  pino(
    {
      level: options.level ?? 'info',
      base: null,
      redact: SECRET_MEMBERS.flatMap((name) => [name, `*.${name}`]),
      hooks: { streamWrite: redactSecrets },
      formatters: { level: (label) => ({ level: label }) },
    },
    options.destination ?? pino.destination({ dest: 1, sync: true }),
  );

export type { Logger };
