import type { AppDefinition, ErrorCode } from '@tidemark/protocol';
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
  pushed: null,
  seq: 0,
  syncedAt: null,
  staging: null,
  heal: false,
});

/** An Error with a code of the catalogue, and what it is about. */
export const coded = (code: ErrorCode, about: string): Error & { readonly code: ErrorCode } =>
  Object.assign(new Error(`${code}: ${about}`), { code });

/**
 * Answers what looks at each stored state before it is used. It throws: WRONG_SPACE where the store belongs to another app or
 * account, SCHEMA_AHEAD where it was written by a newer version of the app.
 */
export const admission =
  (app: AppDefinition, owner: string) =>
  (meta: Meta): void => {
    if (meta.owner !== owner) throw coded('WRONG_SPACE', `${meta.owner}, not ${owner}`);
    if (meta.storageVersion > STORAGE_VERSION || meta.schemaVersion > app.schemaVersion) throw coded('SCHEMA_AHEAD', owner);
  };
