import type { Limits } from '../limits.ts';

/** GET /sync/session: what a client should know before its first push. */
export interface SessionAnswer {
  readonly app: string;
  readonly issuer: string;
  readonly subject: string;
  readonly spaceId: string;
  readonly epoch: string;
  readonly latestVersion: number;
  readonly protocolVersion: number;
  readonly schemaVersion: number;
  readonly serverTime: number;
  readonly limits: Limits;
}
