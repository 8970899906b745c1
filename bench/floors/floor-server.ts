import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { freshFolder, type Running, start } from '../platform/process.ts';

const SCRIPT = fileURLToPath(new URL('./least-server.js', import.meta.url));

/** Starts the process in which the floors run. */
export const startFloors = (): Promise<Running> => start([], SCRIPT, [join(freshFolder(), 'floor.db')], /^ready at (\d+)$/m);
