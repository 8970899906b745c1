import { isJsonObject } from '@tidemark/protocol';

/**
 * Does any object of this JSON name a member twice? JSON.parse keeps the last one without a word. `value` is what
 * `json` was parsed to: in valid JSON each string that a colon follows is a member's name, so a repeated one is
 * written but missing from the value.
 */
export const hasRepeatedKey = (json: string, value: unknown): boolean => {
  let written = 0;
  for (const [, colon] of json.matchAll(/"(?:[^"\\]|\\.)*"(\s*:)?/g)) if (colon !== undefined) written += 1;
  return written !== countKeys(value);
};

const countKeys = (value: unknown): number => {
  if (Array.isArray(value)) return value.reduce<number>((sum, one) => sum + countKeys(one), 0);
  if (!isJsonObject(value)) return 0;
  return Object.values(value).reduce<number>((sum, one) => sum + 1 + countKeys(one), 0);
};
