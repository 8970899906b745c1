import { setFlagsFromString } from 'node:v8';

/** By how much the heap may grow beyond what is alive before it is looked through again, percent. The engine's own is up to 300. */
const GROWTH_PERCENT = 30;

/**
 * Keeps the memory of this process near to what it uses: a server holds little between requests, and the engine would let garbage
 * pile up to a multiple of that. Costs nothing that can be measured (bench/README.md, W5). Looked at by the engine each
 * time it collects, so it may be set in a running process.
 */
export const keepHeapSmall = (): void => setFlagsFromString(`--heap-growing-percent=${GROWTH_PERCENT}`);
