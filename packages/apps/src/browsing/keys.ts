import { digestText, hashText } from '@tidemark/protocol';

const LENGTH_MAX = 128;

// A part never holds the sign between parts, so two identities never share a key.
const escaped = (part: string): string => part.replaceAll('%', '%25').replaceAll('|', '%7C');

/** Keys that would be too long for an id are hashed; no other begins with the sign between parts. */
const keyOf = (...parts: readonly [string, ...string[]]): string => {
  const key = parts.map(escaped).join('|');
  return key.length <= LENGTH_MAX ? key : `|${digestText(hashText(key))}${digestText(hashText(`|${key}`))}`;
};

/** The id of a visit's record: a visit is known by the browser it happened in and the id it has there. */
export const visitKey = (anonymousClientId: string, visitId: string): string => keyOf(anonymousClientId, visitId);

/** The id of a tab's record: tab numbers repeat in every browser, and after each restart of one. */
export const aggregateKey = (anonymousClientId: string, tabId: number, startTime: number): string =>
  keyOf(anonymousClientId, String(tabId), String(startTime));
