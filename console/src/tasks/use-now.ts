import { useSyncExternalStore } from 'react';
import { every, now } from '../platform/browser.ts';

const STEP_MS = 200;

const ticking = (onTick: () => void) => every(STEP_MS, onTick);
const still = () => () => undefined;
const steppedNow = () => Math.floor(now() / STEP_MS) * STEP_MS;

/** Wall time in milliseconds; goes on by itself only while `runs`. */
export const useNow = (runs: boolean): number => useSyncExternalStore(runs ? ticking : still, steppedNow);
