import { timeTracker } from '@tidemark/apps/time-tracker';
import type { AppDefinition } from '@tidemark/protocol';
import type { AppRoutes } from '@tidemark/server';
import { type Outcome, wrongInput } from './outcome.ts';

/** The apps that this Tidemark serves. */
export const APPS: readonly AppDefinition[] = [timeTracker];

/** The routes of their own that apps have, by the app's name. */
export const ROUTES: ReadonlyMap<string, AppRoutes> = new Map();

export const findApp = (name: string): AppDefinition | undefined => APPS.find((app) => app.name === name);

export const noSuchApp = (name: string): Outcome =>
  wrongInput(`There is no app ${JSON.stringify(name)}. There are: ${APPS.map((app) => app.name).join(', ')}.`);
