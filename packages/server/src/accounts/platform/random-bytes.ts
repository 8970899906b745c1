import { randomBytes } from 'node:crypto';
import type { RandomBytes } from '../secrets.ts';

/** The operating system's randomness, for secrets. */
export const secureRandomBytes: RandomBytes = (length) => randomBytes(length);
