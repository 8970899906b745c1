import { type AppRoutes, plainDialect, restRoutes } from '@tidemark/server/rest';
import { authEndpoints } from './routes/auth.ts';
import { eraseEndpoint } from './routes/erase.ts';
import { insightEndpoints } from './routes/insight-endpoints.ts';
import { readBackEndpoints } from './routes/read-back.ts';
import { uploadEndpoints } from './routes/upload.ts';
import { v1AuthEndpoints } from './routes/v1/auth.ts';
import { v1DataSync } from './routes/v1/data-sync.ts';
import { createVisitTables } from './routes/visit-columns.ts';

/**
 * The routes of the browsing app beside the native ones: those of its plan under /api, and under /api/v1 those that an extension in
 * the world speaks. Whatever is written by one is at once seen by the others.
 */
export const browsingRoutes: AppRoutes = restRoutes({
  title: 'Browsing',
  description: 'Page visits and tab aggregates of one person, from any number of browsers. Send a token as Authorization: Bearer.',
  version: '1.0.0',
  dialect: plainDialect,
  rateLimit: { perSecond: 200, burst: 1_000 },
  endpoints: (_base, services) => [
    ...authEndpoints(services),
    ...uploadEndpoints,
    ...readBackEndpoints,
    ...insightEndpoints(createVisitTables()),
    eraseEndpoint,
    ...v1AuthEndpoints(services),
    v1DataSync,
  ],
});
