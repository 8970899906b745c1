import type { AppDefinition } from '@tidemark/protocol';
import type { ClientEnv } from '../platform/client-env.ts';
import type { Meta } from './rows.ts';
import { STORAGE_VERSION } from './tables.ts';

/** Names the local store of an app and an account: its owner for good, and its IndexedDB. */
export const ownerName = (app: AppDefinition, account: { readonly issuer: string; readonly subject: string }): string =>
  ['tidemark', app.name, account.issuer, account.subject].map((part) => encodeURIComponent(part)).join(':');

/** The first state of a local store. */
export const freshMeta = (app: AppDefinition, owner: string, env: ClientEnv): Meta => ({
  storageVersion: STORAGE_VERSION,
  schemaVersion: app.schemaVersion,
  owner,
  storeId: env.uuid(),
  writes: 0,
  touched: [],
  touchedFrom: 1,
  clientId: env.uuid(),
  nextN: 1,
  receiptN: 0,
  ackedN: 0,
  spaceId: null,
  epoch: null,
  cursor: null,
  seq: 0,
  syncedAt: null,
  staging: null,
  heal: null,
});
