export type { DroppedEdit, KeptText } from './kept-records.ts';
export type { Lost, UploadKind, Versioned } from './kind.ts';
export { openUploadClient, type UploadClient, type UploadClientOptions, type UploadStatus } from './upload-client.ts';
