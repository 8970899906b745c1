import { createNodeEnv } from '@tidemark/server';
import type { Variables } from '../settings.ts';

/** Clocks, timers and randomness of this instance of a function. */
export const env = createNodeEnv();

/** The environment of this instance. It does not change while the instance lives. */
export const variables: Variables = process.env;
