export { createDebounce } from '../outbox/debounce.ts';
export { type Calls, createCalls, meaningOf } from './calls.ts';
export { createLoop } from './loop.ts';
export { endless, type RoundEnd, STALE, toTrouble } from './round.ts';
