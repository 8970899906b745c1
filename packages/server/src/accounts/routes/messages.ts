import { ok, type Result } from '@tidemark/protocol';
import * as z from 'zod';
import { readJson } from '../../http/body.ts';
import { checkShape } from '../../http/check.ts';
import type { HttpContext } from '../../http/context.ts';
import { SCOPES } from '../rows.ts';

// Shapes only: what makes an address or a password fit is decided by the services, in one place.
const email = z.string().max(320);
const password = z.string().max(1_024);
const token = z.string().max(256);
const name = z.string().min(1).max(120);
const clientId = z.string().min(1).max(128).optional();
/** The last moment that a Date can tell, milliseconds. */
const TIME_MAX = 8_640_000_000_000_000;

export const registerSchema = z.strictObject({
  email,
  password,
  firstName: name.optional(),
  lastName: name.optional(),
  phone: z
    .string()
    .regex(/^\+[1-9]\d{6,14}$/)
    .optional(),
});
export const loginSchema = z.strictObject({ email, password, clientId });
export const refreshSchema = z.strictObject({ refreshToken: token });
export const logoutSchema = z.strictObject({ refreshToken: token.optional() });
export const verifySchema = z.union([z.strictObject({ token }), z.strictObject({ email, code: z.string().regex(/^\d{6}$/) })]);
export const emailSchema = z.strictObject({ email });
export const redeemSchema = z.strictObject({ token, clientId });
export const resetSchema = z.strictObject({ token, password });
export const tokenSchema = z.strictObject({ token });
export const changePasswordSchema = z.strictObject({ password: password.optional(), newPassword: password });
export const changeEmailSchema = z.strictObject({ password: password.optional(), email });
export const deleteSchema = z.strictObject({ password: password.optional() });
export const keySchema = z.strictObject({
  name,
  scopes: z.array(z.enum(SCOPES)).min(1).max(SCOPES.length),
  app: z.string().max(64).optional(),
  expiresAt: z.number().int().max(TIME_MAX).optional(),
});
export const eventsQuery = z.strictObject({
  before: z.string().max(64).optional(),
  limit: z.coerce.number().int().min(1).max(200).default(50),
});

/** Whoever asks here need not have shown who it is, so a body may not be large. */
const BODY_BYTES_MAX = 16 * 1024;

/** Reads the body and checks it against a message. Refusals: those of readJson, BAD_REQUEST. */
export const readMessage = async <S extends z.ZodType>(c: HttpContext, schema: S): Promise<Result<z.output<S>>> => {
  const body = await readJson(c, BODY_BYTES_MAX);
  return body.ok ? checkShape(schema, body.value) : body;
};

/** A body that may be missing as a whole: of DELETE and of routes whose members are all optional. */
export const readOptional = async <S extends z.ZodType>(c: HttpContext, schema: S, absent: z.output<S>): Promise<Result<z.output<S>>> => {
  const isAbsent = c.req.header('Content-Type') === undefined && (c.req.header('Content-Length') ?? '0') === '0';
  return isAbsent ? ok(absent) : readMessage(c, schema);
};
