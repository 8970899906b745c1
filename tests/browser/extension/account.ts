import type { Page } from 'playwright-core';
import { eventually } from './eventually.ts';

export const PASSWORD = 'correct horse battery staple';

/** Points the extension at a server, in its settings. */
export const chooseServer = async (options: Page, url: string): Promise<void> => {
  await options.getByLabel('Address of the server').fill(url);
  await options.getByRole('button', { name: 'Save' }).click();
  await eventually(() => options.getByRole('status').textContent()).toBe('The server is saved');
};

/** Opens an account in the popup, or signs in to it. */
export const signIn = async (popup: Page, email: string, how: 'Create account' | 'Sign in'): Promise<void> => {
  await popup.getByLabel('E-mail').fill(email);
  await popup.getByLabel('Password').fill(PASSWORD);
  await popup.getByRole('button', { name: how }).click();
  await eventually(() => popup.getByRole('status').textContent()).toBe(`Signed in as ${email}`);
};

export const syncNow = async (popup: Page): Promise<void> => {
  await popup.getByRole('button', { name: 'Sync now' }).click();
  await eventually(() => popup.getByRole('status').textContent()).toBe('Everything is at the server');
};

export interface StoredVisit {
  readonly id: string;
  readonly anonymousClientId: string;
  readonly tabId: number;
  readonly url: string;
  readonly timestamp: number;
  readonly endedAt: number | null;
  readonly duration: number;
  readonly activeDuration: number;
  readonly idlePeriods: readonly object[];
  readonly title: string | null;
}

export interface StoredAggregate {
  readonly anonymousClientId: string;
  readonly tabId: number;
  readonly startTime: number;
  readonly totalActiveDuration: number;
  readonly pageCount: number;
}

/** The server as its account sees it, without the extension. */
export const reader = async (server: string, email: string) => {
  const call = async (method: string, path: string, body?: object, token?: string): Promise<Record<string, unknown>> => {
    const headers = { 'content-type': 'application/json', ...(token === undefined ? {} : { authorization: `Bearer ${token}` }) };
    const answer = await fetch(server + path, { method, headers, ...(body === undefined ? {} : { body: JSON.stringify(body) }) });
    if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status} ${await answer.text()}`);
    return answer.json();
  };
  const { accessToken } = await call('POST', '/api/auth/login', { email, password: PASSWORD });
  const token = String(accessToken);
  const list = async <T>(path: string): Promise<readonly T[]> => {
    const { data, nextCursor } = await call('GET', path, undefined, token);
    if (!Array.isArray(data) || nextCursor !== null) throw new Error('more than one page');
    return data;
  };
  return {
    visits: () => list<StoredVisit>('/api/page-visits?limit=1000'),
    aggregates: () => list<StoredAggregate>('/api/tab-aggregates?limit=1000'),
    post: (path: string, body: object) => call('POST', path, body, token),
  };
};
