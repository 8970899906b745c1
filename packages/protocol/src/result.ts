import type { ErrorCode } from './errors/catalogue.ts';
import type { Json } from './json.ts';

/** An expected refusal. `code` is stable and documented in docs/ERRORS.md; `message` says what happened and what to do. */
export interface Refusal {
  readonly code: ErrorCode;
  readonly message: string;
  readonly details?: { readonly [key: string]: Json };
}

/** The outcome of something that may be refused. Exceptions are for bugs and broken machines only. */
export type Result<T> = { readonly ok: true; readonly value: T } | { readonly ok: false; readonly error: Refusal };

export const ok = <T>(value: T): Result<T> => ({ ok: true, value });

export const refuse = (code: ErrorCode, message: string, details?: Refusal['details']): { ok: false; error: Refusal } => ({
  ok: false,
  error: details === undefined ? { code, message } : { code, message, details },
});

/** What something that was thrown says. */
export const faultText = (fault: unknown): string => (fault instanceof Error ? fault.message : String(fault));
