/** A JSON value as it travels and is stored. Never NaN, Infinity or undefined inside. */
export type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json };

/** The fields of a record, or part of them. */
export type JsonObject = { readonly [key: string]: Json };

/** A JSON object being built. */
export type MutableJsonObject = { [key: string]: Json };

export const isJsonObject = (value: unknown): value is JsonObject => typeof value === 'object' && value !== null && !Array.isArray(value);

/** An object's own member, undefined where it has none of that name (also for names such as toString). */
export const readMember = (object: object, key: string): unknown => (Object.hasOwn(object, key) ? Reflect.get(object, key) : undefined);
