import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { freshFolder, type Running, start } from '../platform/process.ts';

const SCRIPT = fileURLToPath(new URL('./least-server.js', import.meta.url));
const REST_SCRIPT = fileURLToPath(new URL('./rest-floor.js', import.meta.url));

/** Starts the process in which the floors run. */
export const startFloors = (): Promise<Running> => start([], SCRIPT, [join(freshFolder(), 'floor.db')], /^ready at (\d+)$/m);

/** The same for the REST API: a plain handler of Hono, zod and SQLite. */
export const startRestFloor = (): Promise<Running> => start([], REST_SCRIPT, [join(freshFolder(), 'rest.db')], /^ready at (\d+)$/m);
