import type { IdKind } from './people.suite.ts';

// The access table: each route, who may use it, and what it answers. A route without a row fails the test.

/**
 * `open`: nobody is asked who they are. `account`: an access token of an account. `read`, `write`: any identity of the
 * app, and an API key with that scope.
 */
export type Needs = 'open' | 'account' | 'read' | 'write';

export interface Row {
  readonly needs: Needs;
  /** What the request carries; an id stands for `ID`, in the path for its parameter. */
  readonly body?: object;
  readonly query?: string;
  /** What the id is of. */
  readonly id?: IdKind;
  /** The answer to whoever may: `200`, or `404 NOT_FOUND` (code of the catalogue). With an id: where it is their own. */
  readonly own: string;
  /** Where it is somebody else's, or nobody's: the same, to the letter. */
  readonly foreign?: string;
  readonly malformed?: string;
}

const pushed = { protocolVersion: 1, clientId: 'reader', schemaVersion: 1, mutations: [] };
const clientQuery = '?clientId=reader';

/** The native routes of an app; `collection` is one of its own. */
export const nativeRows = (collection: string): Readonly<Record<string, Row>> => ({
  'POST /sync/push': { needs: 'write', body: pushed, own: '200' },
  'POST /sync/pull': { needs: 'read', body: { clientId: 'reader' }, own: '200' },
  'POST /sync': { needs: 'write', body: pushed, own: '200' },
  'GET /sync/live': { needs: 'read', query: clientQuery, own: '200' },
  'GET /sync/stream': { needs: 'read', query: clientQuery, own: '200' },
  'GET /sync/session': { needs: 'read', own: '200' },
  'GET /sync/conflicts': { needs: 'read', own: '200' },
  'POST /sync/conflicts/:id/resolve': {
    needs: 'write',
    body: { choose: 'mine' },
    id: 'conflict',
    own: '200',
    foreign: '404 CONFLICT_NOT_FOUND',
    malformed: '422 INVALID_ID',
  },
  'GET /sync/history': {
    needs: 'read',
    query: `?collection=${collection}&id=ID`,
    id: 'record',
    own: '200',
    foreign: '404 RECORD_NOT_FOUND',
    malformed: '400 BAD_REQUEST',
  },
  'GET /sync/state': { needs: 'read', query: '?seq=1', own: '200' },
  'POST /sync/restore': {
    needs: 'write',
    body: { seq: 0, collection, id: 'ID' },
    id: 'record',
    own: '200',
    foreign: '200',
    malformed: '400 BAD_REQUEST',
  },
  'GET /sync/digest': { needs: 'read', own: '200' },
  'GET /devices': { needs: 'read', own: '200' },
  'PATCH /devices/:clientId': {
    needs: 'write',
    body: { name: 'Mine' },
    id: 'client',
    own: '200',
    foreign: '404 NOT_FOUND',
    malformed: '404 NOT_FOUND',
  },
  'DELETE /devices/:clientId': { needs: 'write', id: 'client', own: '200', foreign: '404 NOT_FOUND', malformed: '404 NOT_FOUND' },
  'GET /export': { needs: 'read', own: '200' },
  'GET /import': { needs: 'open', own: '200' },
  'POST /import': { needs: 'write', body: {}, own: '422 IMPORT_REFUSED' },
});

const PAGES = { 'GET /openapi.json': { needs: 'open', own: '200' }, 'GET /docs': { needs: 'open', own: '200' } } as const;

const uploaded = { id: 'ID', title: 'x', intervals: [], archived: false, tags: [], updatedAt: 1, version: 1 };

export const TIME_TRACKER: Readonly<Record<string, Row>> = {
  ...PAGES,
  'POST /sync/upload': { needs: 'write', body: { tasks: [uploaded] }, id: 'record', own: '200', foreign: '200', malformed: '200' },
  'GET /sync/download': { needs: 'read', own: '200' },
  'POST /tasks/delete': { needs: 'write', body: { ids: ['ID'] }, id: 'record', own: '200', foreign: '200', malformed: '400 BAD_REQUEST' },
};

const restOf = (path: string, id: IdKind, body: object, edit: object): Readonly<Record<string, Row>> => {
  const one = { id, foreign: '404 RECORD_NOT_FOUND', malformed: '404 RECORD_NOT_FOUND' };
  return {
    [`GET ${path}`]: { needs: 'read', own: '200' },
    [`POST ${path}`]: { needs: 'write', body, own: '201' },
    [`GET ${path}/:id`]: { needs: 'read', own: '200', ...one },
    [`PUT ${path}/:id`]: { needs: 'write', body: edit, own: '200', ...one },
    [`PATCH ${path}/:id`]: { needs: 'write', body: edit, own: '200', ...one },
    [`DELETE ${path}/:id`]: { needs: 'write', own: '204', ...one },
  };
};

export const TASK_TRACKER: Readonly<Record<string, Row>> = {
  ...PAGES,
  ...restOf('/tasks', 'record', { title: 'x', priority: 'low' }, { title: 'y' }),
  ...restOf('/categories', 'category', { name: 'x' }, { name: 'y' }),
  'GET /tasks/export.csv': { needs: 'read', own: '200' },
  'POST /tasks/bulk': {
    needs: 'write',
    body: { action: 'complete', ids: ['ID'] },
    id: 'record',
    own: '200',
    foreign: '200',
    malformed: '400 BAD_REQUEST',
  },
};

export const REPERTOIRE: Readonly<Record<string, Row>> = {
  ...PAGES,
  'POST /pieces': { needs: 'write', body: { operation: 'download' }, own: '200' },
  'POST /sessions': { needs: 'write', body: { sessions: [] }, own: '200' },
  'POST /auth/sync': { needs: 'open', body: {}, own: '400 BAD_REQUEST' },
  'GET /users/:userId/export': { needs: 'read', id: 'user', own: '200', foreign: '403 FORBIDDEN', malformed: '403 FORBIDDEN' },
};

const V1_LOGIN = { email: 'nobody@example.com', password: 'correct horse battery' };
const REGISTERED = { email: 'table@example.com', password: 'correct horse battery' };

export const BROWSING: Readonly<Record<string, Row>> = {
  ...PAGES,
  // The address of the table has an account since the native route was asked.
  'POST /api/auth/register': { needs: 'open', body: REGISTERED, own: '409 EMAIL_TAKEN' },
  'POST /api/auth/login': { needs: 'open', body: V1_LOGIN, own: '401 CREDENTIALS_WRONG' },
  'POST /api/auth/refresh': { needs: 'open', body: { refreshToken: 'x' }, own: '401 SESSION_ENDED' },
  'POST /api/auth/logout': { needs: 'open', body: {}, own: '200' },
  'GET /api/auth/me': { needs: 'account', own: '200' },
  'POST /api/sync/page-visits': { needs: 'write', body: { visits: [] }, own: '200' },
  'POST /api/sync/tab-aggregates': { needs: 'write', body: { aggregates: [] }, own: '200' },
  'GET /api/page-visits': { needs: 'read', own: '200' },
  'GET /api/tab-aggregates': { needs: 'read', own: '200' },
  'GET /api/insights/daily': { needs: 'read', own: '200' },
  'GET /api/insights/weekly': { needs: 'read', own: '200' },
  'GET /api/insights/hours': { needs: 'read', own: '200' },
  'GET /api/insights/top-sites': { needs: 'read', own: '200' },
  'DELETE /api/data': { needs: 'write', own: '200' },
  'POST /api/v1/auth/register': { needs: 'open', body: REGISTERED, own: '409 EMAIL_TAKEN' },
  'POST /api/v1/auth/login': { needs: 'open', body: V1_LOGIN, own: '401 CREDENTIALS_WRONG' },
  'POST /api/v1/auth/refresh': { needs: 'open', body: { refresh_token: 'x' }, own: '401 SESSION_ENDED' },
  'POST /api/v1/auth/logout': { needs: 'open', body: {}, own: '200' },
  'GET /api/v1/auth/me': { needs: 'account', own: '200' },
  'POST /api/v1/verify-email': { needs: 'open', body: { email: 'nobody@example.com', code: '000000' }, own: '400 CODE_INVALID' },
  'POST /api/v1/resend-verification': { needs: 'open', body: { email: 'nobody@example.com' }, own: '200' },
  'POST /api/v1/data/sync': { needs: 'write', body: { pageVisits: [] }, own: '200' },
};

const COLLECTIONS_OF_WEEKDAY = [
  ...['schedule_blocks', 'completion', 'top3', 'mechanism', 'supplements', 'supplement_log'],
  ...['meals', 'meal_log', 'log_entries', 'workout_programs', 'workout_history', 'settings'],
];

const LIBRARIES = ['foods', 'nutrients', 'supplements', 'exercises', 'programs', 'nutrition-templates'];

export const WEEKDAY: Readonly<Record<string, Row>> = {
  ...PAGES,
  ...Object.fromEntries(
    ['trends', 'streaks', 'completion', 'adherence', 'weekly'].map((name) => [
      `GET /analytics/${name}`,
      { needs: 'read', own: '200' } as const,
    ]),
  ),
  // Nobody's: whoever asks reads them.
  ...Object.fromEntries(LIBRARIES.map((name) => [`GET /library/${name}`, { needs: 'open', own: '200' } as const])),
  ...Object.fromEntries(LIBRARIES.map((name) => [`GET /library/${name}/:id`, { needs: 'open', own: '404 NOT_FOUND' } as const])),
  // In the place of the native one: it takes what the app keeps as well.
  'POST /import': { needs: 'write', body: {}, own: '200' },
  'POST /recommendations/programs': {
    needs: 'write',
    body: { goal: 'muscle', level: 'beginner', daysPerWeek: 3, equipment: ['dumbbell'] },
    own: '200',
  },
  'POST /recommendations/nutrition': {
    needs: 'write',
    body: { sex: 'female', age: 35, heightCm: 170, weightKg: 65, activity: 'moderate', goal: 'maintain' },
    own: '200',
  },
  ...Object.fromEntries(COLLECTIONS_OF_WEEKDAY.map((name) => [`GET /${name}/export.csv`, { needs: 'read', own: '200' } as const])),
};

const BAD = { needs: 'open', body: {}, own: '400 BAD_REQUEST' } as const;
const mailed = (body: object): Row => ({ needs: 'open', body, own: '202' });
const linkPage = { needs: 'open', query: '?token=a.b.c', own: '200' } as const;

export const ACCOUNTS: Readonly<Record<string, Row>> = {
  'POST /auth/register': mailed({ email: 'table@example.com', password: 'correct horse battery' }),
  'POST /auth/login': {
    needs: 'open',
    body: { email: 'nobody@example.com', password: 'correct horse battery' },
    own: '401 CREDENTIALS_WRONG',
  },
  'POST /auth/refresh': { needs: 'open', body: { refreshToken: 'x' }, own: '401 SESSION_ENDED' },
  'POST /auth/verify-email': BAD,
  'POST /auth/resend-verification': mailed({ email: 'nobody@example.com' }),
  'POST /auth/magic-link': mailed({ email: 'nobody@example.com' }),
  'POST /auth/magic-link/redeem': BAD,
  'POST /auth/forgot-password': mailed({ email: 'nobody@example.com' }),
  'POST /auth/reset-password': BAD,
  'POST /auth/change-email/confirm': BAD,
  'POST /auth/logout': { needs: 'open', body: {}, own: '200' },
  'GET /auth/verify-email': linkPage,
  'GET /auth/magic-link': linkPage,
  'GET /auth/reset-password': linkPage,
  'GET /auth/change-email': linkPage,
  'POST /auth/verify-email/page': { needs: 'open', body: {}, own: '400 UNSUPPORTED_MEDIA_TYPE' },
  'POST /auth/change-email/page': { needs: 'open', body: {}, own: '400 UNSUPPORTED_MEDIA_TYPE' },
  'POST /auth/reset-password/page': { needs: 'open', body: {}, own: '400 UNSUPPORTED_MEDIA_TYPE' },
  'POST /auth/logout-all': { needs: 'account', own: '200' },
  'POST /auth/change-password': { needs: 'account', body: {}, own: '400 BAD_REQUEST' },
  'POST /auth/change-email': { needs: 'account', body: {}, own: '400 BAD_REQUEST' },
  'GET /auth/me': { needs: 'account', own: '200' },
  'DELETE /auth/me': { needs: 'account', body: {}, own: '200' },
  'GET /auth/events': { needs: 'account', own: '200' },
  'GET /auth/sessions': { needs: 'account', own: '200' },
  'DELETE /auth/sessions/:id': { needs: 'account', id: 'session', own: '200', foreign: '404 NOT_FOUND', malformed: '404 NOT_FOUND' },
  'GET /auth/keys': { needs: 'account', own: '200' },
  'POST /auth/keys': { needs: 'account', body: { name: 'x', scopes: ['read'] }, own: '200' },
  'POST /auth/keys/:id/rotate': { needs: 'account', id: 'key', own: '200', foreign: '404 NOT_FOUND', malformed: '404 NOT_FOUND' },
  'DELETE /auth/keys/:id': { needs: 'account', id: 'key', own: '200', foreign: '404 NOT_FOUND', malformed: '404 NOT_FOUND' },
};

export const ROOT: Readonly<Record<string, Row>> = {
  'GET /healthz': { needs: 'open', own: '200' },
  'GET /readyz': { needs: 'open', own: '200' },
  'GET /metrics': { needs: 'open', own: '200' },
  'GET /.well-known/jwks.json': { needs: 'open', own: '200' },
  // Both exist only on a loopback address outside production.
  'POST /development/token': { needs: 'open', body: { app: 'nothing', user: 'x' }, own: '404 NOT_FOUND' },
  'GET /dev/mail': { needs: 'open', own: '200' },
  'GET /dev/mail.json': { needs: 'open', own: '200' },
};
