/** One row of the catalogue. `status` is the HTTP status; `scope` says whether a whole request or one mutation is refused. */
export interface ErrorEntry {
  readonly status: number;
  readonly scope: 'request' | 'mutation' | 'both';
  /** What it means and what to do; docs/ERRORS.md is made from it. */
  readonly help: string;
}

const entry = (status: number, scope: ErrorEntry['scope'], help: string): ErrorEntry => ({ status, scope, help });

/** Every error code there is. Messages may change, codes may not. */
export const ERRORS = {
  // The request as a whole: nothing of it is stored and no mutation number is used.
  BAD_JSON: entry(400, 'request', 'The body is not JSON (RFC 8259, UTF-8). Mend the body and send it again.'),
  BAD_REQUEST: entry(400, 'request', 'A part of the request has the wrong shape; details.issues names each place.'),
  BAD_CURSOR: entry(
    400,
    'request',
    'The cursor was not made by this server or was changed on the way. Pull without a cursor; the outbox is kept.',
  ),
  PROTOCOL_UNSUPPORTED: entry(
    400,
    'request',
    'The server does not speak this protocolVersion; details tell which it does. Update the older side.',
  ),
  BAD_ENCODING: entry(400, 'request', 'The body could not be decompressed as its Content-Encoding says.'),
  ENCODING_UNSUPPORTED: entry(415, 'request', 'Only gzip, deflate, br and identity are understood, one at a time.'),
  UNAUTHENTICATED: entry(401, 'request', 'No valid token came with the request. Sign in again; the outbox is kept.'),
  CREDENTIALS_WRONG: entry(
    401,
    'request',
    'E-mail address or password is wrong; which of them is not said. Try again, or ask for a new password.',
  ),
  SESSION_ENDED: entry(
    401,
    'request',
    'The refresh token is not good any more: signed out, expired, or used twice. Sign in again; the outbox is kept.',
  ),
  CODE_INVALID: entry(400, 'request', 'This link or code was used, has expired or never was. Ask for a new one.'),
  SIGN_IN_AGAIN: entry(403, 'request', 'This changes the account itself: give the password too, or sign in again first.'),
  EMAIL_TAKEN: entry(409, 'request', 'There is an account with this address already. Sign in with it.'),
  PASSWORD_UNFIT: entry(422, 'request', 'A password has 8 to 256 characters.'),
  FORBIDDEN: entry(403, 'request', 'The token does not allow this.'),
  EMAIL_NOT_VERIFIED: entry(403, 'request', 'This app wants a verified e-mail address. Verify it, then try again; the outbox is kept.'),
  CLIENT_REVOKED: entry(403, 'request', 'This device was revoked. It keeps its outbox; after signing in it takes a new clientId.'),
  NOT_FOUND: entry(404, 'request', 'There is nothing at this address.'),
  METHOD_NOT_ALLOWED: entry(405, 'request', 'This address exists but not with this method; the Allow header names those it has.'),
  MUTATION_REUSED: entry(409, 'request', 'A mutationId came again with other content. Take a new mutationId for the new content.'),
  CLIENT_REUSED: entry(
    409,
    'request',
    'This clientId used the number n before (a restored or cloned device). Take a new clientId and queue again with the same mutationIds.',
  ),
  OUT_OF_ORDER: entry(409, 'request', 'Mutations must come in the order of n without gaps; details.expected is the next one.'),
  BASE_AHEAD: entry(409, 'request', 'A base lies above the head of this log. Pull first, then push again.'),
  WRONG_SPACE: entry(409, 'request', 'The cursor or spaceId belongs to another space. Nothing was read or written.'),
  SCHEMA_AHEAD: entry(
    409,
    'request',
    'The client has a newer schemaVersion than the server. Keep the outbox and try after the server is updated.',
  ),
  IDEMPOTENCY_IN_PROGRESS: entry(409, 'request', 'A request with this Idempotency-Key is still under way. Wait, then send it again.'),
  VERSION_CONFLICT: entry(409, 'request', 'The version in the body is not the current one; details.current is the record as it is.'),
  RECORD_IN_USE: entry(409, 'request', 'Other records refer to this one; details.count says how many, the message what can be done.'),
  SPACE_ERASED: entry(410, 'request', 'This space was erased on request of its owner. It will not come back; open a new local store.'),
  BODY_TOO_LARGE: entry(413, 'request', 'The decoded body is larger than details.limitBytes. Send less at a time.'),
  HEADERS_TOO_LARGE: entry(
    431,
    'request',
    'Address and headers together are larger than the server reads (16 KiB unless set otherwise). Ask for less at a time.',
  ),
  REQUEST_TIMEOUT: entry(408, 'request', 'The request did not come to its end in time. Send it again.'),
  TOO_MANY_MUTATIONS: entry(413, 'request', 'More mutations in one push than details.limit. Split the push.'),
  BATCH_TOO_LARGE: entry(413, 'request', 'More records in one batch than details.limit. Nothing was stored; split the batch.'),
  TOO_MANY_MATCHES: entry(
    413,
    'request',
    'More records match than one request may change; details.limit says how many. Narrow the filter.',
  ),
  UNSUPPORTED_MEDIA_TYPE: entry(415, 'request', 'Send application/json.'),
  IMPORT_REFUSED: entry(
    422,
    'request',
    'The file cannot be imported; details.issues names the lines. Nothing was stored: mend the file, or export it again.',
  ),
  NOT_ADVISED: entry(
    422,
    'request',
    'No recommendation is made for such figures; details.issues say why. Check them, or see a physician or a registered dietitian.',
  ),
  IDEMPOTENCY_KEY_REUSED: entry(422, 'request', 'This Idempotency-Key came before with another request. Take a new key.'),
  QUERY_NOT_INDEXED: entry(422, 'request', 'No declared index of the collection serves this query; details.indexes lists them.'),
  HISTORY_COMPACTED: entry(422, 'request', 'The log no longer reaches back that far; details.floor is the oldest seq.'),
  TOO_MANY_REQUESTS: entry(429, 'request', 'Too many requests; wait as long as Retry-After says.'),
  INTERNAL: entry(500, 'request', 'A fault of the server. Nothing was acknowledged; try again. Quote the correlationId when reporting it.'),
  STORAGE_FULL: entry(
    507,
    'request',
    'The server cannot write (disk full or failing). Nothing was acknowledged; the client keeps everything and tries again.',
  ),
  UNAVAILABLE: entry(503, 'request', 'The server is starting, stopping or overloaded. Try again.'),
  // One mutation: stored as its receipt, its number is used, the others go on.
  UNKNOWN_COLLECTION: entry(422, 'both', 'The app declares no collection of this name.'),
  VALIDATION_FAILED: entry(422, 'both', 'A field does not fit the collection; details.issues names each place.'),
  INVALID_STRING: entry(422, 'mutation', 'A string holds U+0000 or half of a surrogate pair. Remove it.'),
  INVALID_NUMBER: entry(422, 'mutation', 'A number is not finite, or beyond 2^53 - 1, where digits get lost. Send it as a string.'),
  INVALID_FIELD_NAME: entry(422, 'mutation', '__proto__, constructor and prototype cannot be field names.'),
  INVALID_ID: entry(422, 'both', 'A record id is a string of 1 to 128 characters, well-formed and without U+0000.'),
  TOO_DEEP: entry(422, 'mutation', 'JSON nested deeper than details.limit.'),
  TOO_MANY_KEYS: entry(422, 'mutation', 'An object has more keys than details.limit.'),
  RECORD_TOO_LARGE: entry(413, 'both', 'The record would be larger than details.limitBytes.'),
  RECORD_NOT_FOUND: entry(404, 'both', 'There is no such record, or it was deleted.'),
  REVISION_MISMATCH: entry(412, 'both', 'ifRevision is not the current revision; the current record is returned.'),
  GROUP_TOO_LARGE: entry(413, 'mutation', 'A group may hold 40 mutations and 512 KiB.'),
  GROUP_REFUSED: entry(422, 'mutation', 'Another mutation of the same group was refused, so none of it was stored.'),
  GROUP_SPLIT: entry(422, 'mutation', 'The mutations of a group must stand together in one push.'),
  CONFLICT_NOT_WRITABLE: entry(422, 'both', 'Conflicts are written by the server; a client may only resolve one.'),
  CONFLICT_NOT_FOUND: entry(404, 'both', 'There is no such conflict in this space.'),
  VOIDED: entry(410, 'mutation', 'The client gave this mutation up before the server had seen it; it is kept in the parked list.'),
  PLANNER_FAILED: entry(
    500,
    'mutation',
    'The server could not work this mutation out (a fault in a rule, up-caster or derive). It is kept in the parked list.',
  ),
  UPCAST_FAILED: entry(422, 'mutation', 'An up-caster of the app refused this mutation of an old schemaVersion.'),
} as const satisfies Record<string, ErrorEntry>;

export type ErrorCode = keyof typeof ERRORS;

/** The HTTP status of a code. */
export const statusOf = (code: ErrorCode): number => ERRORS[code].status;
