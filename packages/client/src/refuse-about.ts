import { type ErrorCode, type Refusal, refuse } from '@tidemark/protocol';

/** A refusal that only names what it is about: docs/ERRORS.md says what its code means and what to do. */
export const refuseAbout = (code: ErrorCode, about: string, details?: Refusal['details']): ReturnType<typeof refuse> =>
  refuse(code, `${code}: ${about}`, details);
