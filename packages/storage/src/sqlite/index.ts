export { type BackupProgress, backupFile } from './backup.ts';
export { holdLock } from './lock.ts';
export { openSqliteStorage, type SqliteOptions } from './open.ts';
export type { SqliteStorage } from './storage.ts';
