export { openPostgresStorage, type PostgresOptions } from './open.ts';
export type { PostgresStorage } from './storage.ts';
