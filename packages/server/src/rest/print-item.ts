import type { RecordRow } from '@tidemark/engine';
import { isoOf } from './iso-time.ts';
import type { Resource } from './resource.ts';

/** Where the string that begins at `start` ends: behind its closing quote. */
const endOfString = (json: string, start: number): number => {
  for (let quote = json.indexOf('"', start + 1); quote !== -1; quote = json.indexOf('"', quote + 1)) {
    let slashes = 0;
    while (json[quote - 1 - slashes] === '\\') slashes += 1;
    if (slashes % 2 === 0) return quote + 1;
  }
  return json.length;
};

/** Where the value that begins at `start` ends; its parent's end where that comes first. */
const endOfValue = (json: string, start: number): number => {
  if (json[start] === '"') return endOfString(json, start);
  let depth = 0;
  for (let at = start; at < json.length; ) {
    const char = json[at];
    if (depth === 0 && at > start && (char === ',' || char === '}' || char === ']')) return at;
    if (char === '{' || char === '[') depth += 1;
    if (char === '}' || char === ']') depth -= 1;
    at = char === '"' ? endOfString(json, at) : at + 1;
  }
  return json.length;
};

/** `"title":"x","done":false,`: the members of an object, in canonical JSON, whose quoted names are in `names`. */
const membersIn = (json: string, names: ReadonlySet<string>): string => {
  let text = '';
  let from = 1;
  let at = 1;
  while (at < json.length - 1) {
    const nameEnd = endOfString(json, at);
    const next = endOfValue(json, nameEnd + 1) + 1;
    if (!names.has(json.slice(at, nameEnd))) {
      text += json.slice(from, at);
      from = next;
    }
    at = next;
  }
  // Behind the last member stands the brace of the object.
  return from < json.length - 1 ? `${text}${json.slice(from, -1)},` : text;
};

/** Members of a record on the wire that the server adds. */
const ADDED = ['updatedAt', 'version'];

/**
 * Prepares the printing of a resource's records as they stand on the wire. The fields are JSON in the storage, and are not parsed
 * for this: those that callers do not see are cut out of the text.
 */
export const itemPrinter = ({ collection, idName }: Resource): ((row: ShownRow) => string) => {
  const shown = Object.entries(collection.fields).filter(([name, { derived }]) => derived !== true && !ADDED.includes(name));
  const names = new Set(shown.map(([name]) => JSON.stringify(name)));
  const start = `{${JSON.stringify(idName)}:`;
  return ({ id, fieldsJson, updatedAt, revision }) =>
    `${start}${JSON.stringify(id)},${membersIn(fieldsJson, names)}"updatedAt":"${isoOf(updatedAt)}","version":${revision}}`;
};

/** The part of a row that callers see. */
export type ShownRow = Pick<RecordRow, 'id' | 'revision' | 'updatedAt'> & { readonly fieldsJson: string };
