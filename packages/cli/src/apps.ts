import { browsing } from '@tidemark/apps/browsing';
import { browsingRoutes } from '@tidemark/apps/browsing/routes';
import { repertoire } from '@tidemark/apps/repertoire';
import { repertoireRoutes } from '@tidemark/apps/repertoire/routes';
import { taskTracker } from '@tidemark/apps/task-tracker';
import { taskTrackerRoutes } from '@tidemark/apps/task-tracker/routes';
import { timeTracker } from '@tidemark/apps/time-tracker';
import { timeTrackerRoutes } from '@tidemark/apps/time-tracker/routes';
import { weekday } from '@tidemark/apps/weekday';
import { weekdayLibrary } from '@tidemark/apps/weekday/library';
import { weekdayRoutes } from '@tidemark/apps/weekday/routes';
import type { AppDefinition } from '@tidemark/protocol';
import type { AppRoutes, Mount } from '@tidemark/server';
import { type Outcome, wrongInput } from './outcome.ts';

/** The apps that this Tidemark serves. */
export const APPS: readonly AppDefinition[] = [timeTracker, taskTracker, repertoire, browsing, weekday];

/** What the storage keeps: those, and the libraries, which nobody mounts. */
export const STORED_APPS: readonly AppDefinition[] = [...APPS, weekdayLibrary];

/** The routes of their own that apps have, by the app's name. */
const ROUTES: ReadonlyMap<string, AppRoutes> = new Map([
  [timeTracker.name, timeTrackerRoutes],
  [taskTracker.name, taskTrackerRoutes],
  [repertoire.name, repertoireRoutes],
  [browsing.name, browsingRoutes],
  [weekday.name, weekdayRoutes],
]);

/** Where apps stand in a server: each at /apps/NAME, or `only` one at the root, where its own clients look for it. */
export const mountsOf = (only?: AppDefinition): readonly Mount[] =>
  (only === undefined ? APPS : [only]).map((app) => {
    const routes = ROUTES.get(app.name);
    return { app, path: only === undefined ? `/apps/${app.name}` : '/', ...(routes === undefined ? {} : { routes }) };
  });

export const findApp = (name: string): AppDefinition | undefined => APPS.find((app) => app.name === name);

export const noSuchApp = (name: string): Outcome =>
  wrongInput(`There is no app ${JSON.stringify(name)}. There are: ${APPS.map((app) => app.name).join(', ')}.`);
