import { type ErrorCode, statusOf } from '@tidemark/protocol';
import type { Dialect } from '../http/dialect.ts';

/** Codes that the plain REST words keep as they are. */
const KEPT: ReadonlySet<string> = new Set<ErrorCode>([
  'VERSION_CONFLICT',
  'RECORD_IN_USE',
  'IDEMPOTENCY_IN_PROGRESS',
  'IDEMPOTENCY_KEY_REUSED',
  'METHOD_NOT_ALLOWED',
]);

const BY_STATUS: { readonly [status: number]: string } = {
  400: 'VALIDATION_ERROR',
  401: 'UNAUTHORIZED',
  403: 'FORBIDDEN',
  404: 'RESOURCE_NOT_FOUND',
  409: 'VERSION_CONFLICT',
  412: 'PRECONDITION_FAILED',
  413: 'PAYLOAD_TOO_LARGE',
  429: 'RATE_LIMITED',
  500: 'INTERNAL_SERVER_ERROR',
};

/** The few codes that callers of a plain REST API expect; `renamed` has an app's own names for some of ours. */
export const restDialect = (renamed: { readonly [code in ErrorCode]?: string } = {}): Dialect => ({
  name: (code) => {
    const own = statusOf(code);
    const isKept = KEPT.has(code);
    // What does not fit a collection is to a REST caller a bad request like any other.
    const status = own === 422 && !isKept ? 400 : own;
    return { code: renamed[code] ?? (isKept ? code : (BY_STATUS[status] ?? code)), status };
  },
});

/** The words of the catalogue as they are. */
export const plainDialect: Dialect = { name: (code) => ({ code, status: statusOf(code) }) };
