export { TASK_LIMITS, type Task, type TaskFields, timeTracker } from './schema.ts';
export { type StoredTask, taskFromStored } from './stored-task.ts';
export { edited, elapsed, isRunning, pause, reset, start, type Timed } from './task.ts';
