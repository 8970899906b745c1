import type { ErrorCode, Refusal } from '@tidemark/protocol';

/** An app's own words for refusals, where its contract has some. */
export interface Dialect {
  /** The app's code and HTTP status for one of ours. */
  readonly name: (code: ErrorCode) => { readonly code: string; readonly status: number };
  /** The body, where it is not the envelope `{ error: { code, message, details?, correlationId } }`. */
  readonly body?: (refusal: { readonly code: string; readonly correlationId: string } & Omit<Refusal, 'code'>) => object;
}
