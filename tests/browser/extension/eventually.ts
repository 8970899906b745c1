import { expect } from 'vitest';

const LATE_MS = 20_000;

/** Waits for a condition, also on a machine that is busy with other things. */
export const eventually = (read: () => unknown): ReturnType<typeof expect.poll> => expect.poll(read, { timeout: LATE_MS });
