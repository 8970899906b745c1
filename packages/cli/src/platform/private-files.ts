/** Files made from here on (database, backups, exports, keys) are for this user only. Does nothing on Windows. */
export const makeFilesPrivate = (): void => void process.umask(0o077);
