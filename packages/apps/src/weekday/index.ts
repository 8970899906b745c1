export { KEPT_NAME, KEPT_VERSION, keptVersion, migrateKept } from './kept/migrations.ts';
export { type Kept, readKept } from './kept/read-kept.ts';
export type { CollectionName, KeptIssue, KeptRecord } from './kept/records.ts';
export { dayKey, settingKey } from './keys.ts';
export { inOrder, type Ordered, orderAt, orderKeys } from './ordering.ts';
export { type LogEntry, type Meal, type ScheduleBlock, type ScheduleBlockFields, type Supplement, weekday } from './schema.ts';
export { WEEKDAY_LIMITS } from './values.ts';
