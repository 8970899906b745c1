import { ok, type Result, refuse } from '@tidemark/protocol';

/** Where a client syncs to, and under which name it keeps things: tests and real data never share one. */
export interface SyncConfiguration {
  readonly mode: 'production' | 'test';
  /** Address of the app's mount, without a slash at the end. */
  readonly url: string;
  /** Begins the names under which the device keeps things. */
  readonly storageName: string;
}

const MOCK = /^mock-/;

/** What stands in for an ID token in test mode. No server takes it. */
export const MOCK_TOKEN = 'mock-id-token';

export const isMockToken = (token: string): boolean => MOCK.test(token);

/** Does an address lead to this machine? */
export const isOfThisMachine = (url: string): boolean => {
  const host = /^https?:\/\/(\[[^\]]*\]|[^/:?#@]*)(?:[:/?#]|$)/i.exec(url)?.[1]?.toLowerCase() ?? '';
  return host === 'localhost' || host === '[::1]' || /^127(\.\d{1,3}){3}$/.test(host);
};

/**
 * The configuration of a mode. Refused with BAD_REQUEST where test mode would reach another machine, or production one without
 * https.
 */
export const configurationOf = (mode: SyncConfiguration['mode'], url: string): Result<SyncConfiguration> => {
  const address = url.replace(/\/+$/, '');
  if (mode === 'test') {
    return isOfThisMachine(address)
      ? ok({ mode, url: address, storageName: 'tidemark-test:repertoire' })
      : refuse('BAD_REQUEST', 'Test mode syncs with this machine only: give an address such as http://127.0.0.1:8787/apps/repertoire.');
  }
  return /^https:\/\//i.test(address) || isOfThisMachine(address)
    ? ok({ mode, url: address, storageName: 'tidemark:repertoire' })
    : refuse('BAD_REQUEST', 'Production syncs over https only.');
};
