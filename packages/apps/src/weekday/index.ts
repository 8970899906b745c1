export { dayKey, settingKey } from './keys.ts';
export { inOrder, type Ordered, orderAt, orderKeys } from './ordering.ts';
export { type LogEntry, type Meal, type ScheduleBlock, type ScheduleBlockFields, type Supplement, weekday } from './schema.ts';
export { WEEKDAY_LIMITS } from './values.ts';
