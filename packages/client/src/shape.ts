import { isJsonObject } from '@tidemark/protocol';

/** What a member must be: a type, or anything that a test says yes to. */
type Kind = 'string' | 'number' | 'boolean' | 'object' | ((value: unknown) => boolean);

/** Answers a test for objects whose named members are of these kinds; other members may be there too. */
export const shapeOf = <T>(shape: { readonly [member: string]: Kind }) => {
  const members = Object.entries(shape);
  return (value: unknown): value is T =>
    isJsonObject(value) &&
    members.every(([name, kind]) => (typeof kind === 'function' ? kind(value[name]) : typeof (value[name] ?? undefined) === kind));
};

/** Answers a test for lists of what `isItem` says yes to. */
export const listOf =
  (isItem: (value: unknown) => boolean) =>
  (value: unknown): boolean =>
    Array.isArray(value) && value.every(isItem);
