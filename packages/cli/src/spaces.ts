import type { SpaceRef } from '@tidemark/engine';
import { type Outcome, wrongInput } from './outcome.ts';

/** The space of a user of development tokens. */
export const spaceOf = (app: string, user: string): SpaceRef => ({ app, key: `${app}/${user}` });

export const noSuchSpace = (app: string, user: string): Outcome =>
  wrongInput(`The user ${JSON.stringify(user)} has no data in the app ${app}. \`tidemark doctor\` lists the spaces there are.`);
