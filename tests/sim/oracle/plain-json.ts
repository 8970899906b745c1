import type { Json } from '@tidemark/protocol';

// The oracle's own, so that a fault of the product's canonical JSON is no fault of the oracle as well.

/** Equal values give equal text, whatever the order of their keys. */
export const plainJson = (value: Json | undefined): string => {
  if (Array.isArray(value)) return `[${value.map((item: Json) => plainJson(item)).join(',')}]`;
  if (typeof value !== 'object' || value === null) return JSON.stringify(value) ?? 'undefined';
  const entries = Object.entries(value).filter(([, inner]) => inner !== undefined);
  entries.sort(([a], [b]) => (a < b ? -1 : 1));
  return `{${entries.map(([key, inner]) => `${JSON.stringify(key)}:${plainJson(inner)}`).join(',')}}`;
};
