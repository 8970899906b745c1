import { type JsonObject, readMember, searchWords } from '@tidemark/protocol';

const textsOf = (value: unknown): string[] => {
  if (typeof value === 'string') return [value];
  return Array.isArray(value) ? value.filter((item) => typeof item === 'string') : [];
};

/** The folded words of a record's search fields, each once: what every storage's index of words holds. */
export const recordWords = (fields: JsonObject, searchFields: readonly string[]): string[] => [
  ...new Set(searchFields.flatMap((field) => textsOf(readMember(fields, field))).flatMap(searchWords)),
];
