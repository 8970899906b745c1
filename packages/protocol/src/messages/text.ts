import * as z from 'zod';
import { isJsonObject, type Json, type JsonObject } from '../json.ts';

/**
 * A short text that every storage keeps as it is: well-formed Unicode without U+0000, from `min` to `max` characters (code
 * points). All in one expression: zod's own length checks also run on what is no string, and throw where its
 * `length` is an object that cannot be made a number.
 */
export const textSchema = (max: number, min: 0 | 1 = 0): z.ZodString =>
  z
    .string()
    .regex(
      new RegExp(`^[^\\0\\p{Surrogate}]{${min},${max}}$`, 'u'),
      `must be well-formed text of ${min} to ${max} characters without U+0000`,
    );

/** An object whose members are not looked at here: checkJson does that for one mutation at a time, without recursion. */
export const jsonObjectSchema = z.custom<JsonObject>(isJsonObject, 'must be an object').meta({ type: 'object' });

/** Any JSON value; looked at by checkJson. */
export const jsonSchema = z
  .custom<Json>((value) => value === null || ['string', 'number', 'boolean', 'object'].includes(typeof value), 'must be JSON')
  .meta({ type: ['null', 'string', 'number', 'boolean', 'object', 'array'] });
