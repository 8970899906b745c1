import type { PullAnswer } from './pull.ts';

/**
 * GET /sync/live (Server-Sent Events). Event names and their data:
 * `page` a pull page (its SSE id is the cursor) · `error` an error body, after which the stream ends.
 * A comment line is sent as heartbeat. The stream ends when the token expires.
 */
export interface LiveEvents {
  readonly page: PullAnswer;
  readonly error: ErrorBody;
}

/** The body of every error. */
export interface ErrorBody {
  readonly error: {
    readonly code: string;
    readonly message: string;
    readonly details?: unknown;
    readonly correlationId: string;
  };
}
