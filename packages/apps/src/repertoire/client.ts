export {
  type AuthenticationService,
  createAuthenticationService,
  type GoogleSignIn,
  type GoogleUser,
} from './client/authentication-service.ts';
export { configurationOf, MOCK_TOKEN, type SyncConfiguration } from './client/configuration.ts';
export { createMockSyncService, type MockSyncService } from './client/mock-sync-service.ts';
export type { ItemOutcome, OfflineQueue, SyncQueueItem } from './client/offline-queue.ts';
export type { LocalPiece, PieceContent, PieceRepository } from './client/piece-repository.ts';
export type { PracticeSession, PracticeSessionRepository } from './client/practice-session-repository.ts';
export { SyncErrorHandler, type UserFacingError } from './client/sync-error-handler.ts';
export { openSyncService, type SyncService, type SyncServiceOptions } from './client/sync-service.ts';
export type { SyncProgress, SyncStatus, SyncStatusSource } from './client/sync-status.ts';
