export type { Calls } from './calls.ts';
export { createDynamoTable } from './create-table.ts';
export { type DynamoOptions, openDynamoStorage } from './open.ts';
export type { DynamoStorage } from './storage.ts';
export { parseTableUrl, type TableUrl } from './table-url.ts';
