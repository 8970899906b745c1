import { type AppRoutes, plainDialect, restRoutes } from '@tidemark/server/rest';
import { analyticsEndpoints } from './routes/analytics.ts';
import { importEndpoint } from './routes/import.ts';
import { createStoredLibrary } from './routes/library/stored-library.ts';
import { libraryEndpoints } from './routes/library.ts';
import { nutritionEndpoint, programEndpoint } from './routes/recommendations.ts';
import { tableEndpoints } from './routes/tables.ts';

/** The routes of docs/WEEKDAY.md, beside the native ones. */
export const weekdayRoutes: AppRoutes = restRoutes({
  title: 'Weekday',
  description: 'The days of one person: schedule, completion, supplements, meals, log and workouts. Send a token as Authorization: Bearer.',
  version: '1.0.0',
  dialect: plainDialect,
  requireVerifiedEmail: true,
  rateLimit: { perSecond: 100, burst: 500 },
  endpoints: (_, services) => {
    const stored = createStoredLibrary(services);
    const asked = [nutritionEndpoint, programEndpoint(stored), ...libraryEndpoints(stored)];
    return [...tableEndpoints, importEndpoint, ...asked, ...analyticsEndpoints()];
  },
});
