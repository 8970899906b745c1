import * as z from 'zod';
import { isJsonObject, type Json, type JsonObject } from '../json.ts';

/** A short text that every storage keeps as it is: well-formed Unicode without U+0000, at most `max` UTF-16 units. */
export const textSchema = (max: number): z.ZodString =>
  z
    .string()
    .max(max)
    .regex(/^[^\0\p{Surrogate}]*$/u, 'holds U+0000 or half of a surrogate pair');

/** An object whose members are not looked at here: checkJson does that for one mutation at a time, without recursion. */
export const jsonObjectSchema = z.custom<JsonObject>(isJsonObject, 'must be an object').meta({ type: 'object' });

/** Any JSON value; looked at by checkJson. */
export const jsonSchema = z.custom<Json>(
  (value) => value === null || ['string', 'number', 'boolean', 'object'].includes(typeof value),
  'must be JSON',
);
