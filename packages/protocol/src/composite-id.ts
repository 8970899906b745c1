import { digestText, hashText } from './digest.ts';
import { ID_LENGTH_MAX } from './limits.ts';

// A part never holds the sign between parts, so two identities never share an id.
const escaped = (part: string): string => part.replaceAll('%', '%25').replaceAll('|', '%7C');

/**
 * The id of a record that is known by several texts together, such as a day and a block: equal parts make the same id on every
 * device. It begins with the first part. Parts that would be too long for an id are hashed; no other id begins with `|`.
 */
export const compositeId = (...parts: readonly [string, ...string[]]): string => {
  const key = parts.map(escaped).join('|');
  return key.length <= ID_LENGTH_MAX ? key : `|${digestText(hashText(key))}${digestText(hashText(`|${key}`))}`;
};
