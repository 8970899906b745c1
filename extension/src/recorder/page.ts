import { isExcluded } from './exclusions.ts';

/** A page as it is recorded. */
export interface Page {
  /** Without user name, password and, unless it chooses the page, fragment. */
  readonly url: string;
  readonly domain: string;
}

/** Characters; longer addresses lose their query, then their path. */
const URL_LENGTH_MAX = 4_096;

/** Names that no member of an object may have at the server. As a host's name with its root dot they mean the same. */
const UNSAFE_NAMES = new Set(['__proto__', 'constructor', 'prototype']);

const domainOf = (hostname: string): string => (UNSAFE_NAMES.has(hostname) ? `${hostname}.` : hostname);

/** `#/inbox` and `#!inbox` choose a page, `#chapter-2` a place on it; others may hold tokens. */
const isRoute = (hash: string): boolean => /^#!?\//.test(hash) || hash.startsWith('#!');

/** What is recorded of an address; null for what is none of the web, and for excluded pages. */
export const pageOf = (address: string, exclusions: readonly string[]): Page | null => {
  const url = parseAddress(address);
  if (url === undefined || isExcluded(url, exclusions)) return null;
  url.username = '';
  url.password = '';
  if (!isRoute(url.hash)) url.hash = '';
  if (url.href.length > URL_LENGTH_MAX) {
    url.search = '';
    url.hash = '';
  }
  if (url.href.length > URL_LENGTH_MAX) url.pathname = '/';
  return { url: url.href, domain: domainOf(url.hostname) };
};

const parseAddress = (address: string): URL | undefined => {
  if (!/^https?:/i.test(address)) return undefined;
  try {
    return new URL(address);
  } catch {
    return undefined;
  }
};
