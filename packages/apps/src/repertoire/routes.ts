import { statusOf } from '@tidemark/protocol';
import { type AppRoutes, type Dialect, restRoutes } from '@tidemark/server/rest';
import { authSyncEndpoint } from './routes/auth-sync.ts';
import { exportEndpoint } from './routes/export.ts';
import { piecesEndpoint } from './routes/pieces.ts';
import { sessionsEndpoint } from './routes/sessions.ts';
import { errorShape } from './routes/shapes.ts';
import { forVerified } from './routes/verified.ts';

/** A sentence for people, and our code beside it. */
const dialect: Dialect = {
  name: (code) => ({ code, status: statusOf(code) }),
  body: ({ message, code, correlationId, details }) => ({
    error: message,
    code,
    correlationId,
    ...(details === undefined ? {} : { details }),
  }),
};

/** The routes of docs/REPERTOIRE.md, beside the native ones. */
export const repertoireRoutes: AppRoutes = restRoutes({
  title: 'Repertoire',
  description: 'The chants and songs of one person, and when they were practised. Send a Google ID token as Authorization: Bearer.',
  version: '1.0.0',
  dialect,
  errorSchema: errorShape,
  rateLimit: { perSecond: 20, burst: 200 },
  endpoints: (_base, services) => [piecesEndpoint, sessionsEndpoint(), authSyncEndpoint(services), exportEndpoint].map(forVerified),
});
