import { StorageFailure } from '@tidemark/engine/storage';

interface ServiceFault extends Error {
  readonly $metadata: { readonly httpStatusCode?: number; readonly attempts?: number };
}

/** An answer of DynamoDB that says no, in contrast to no answer. */
const isServiceFault = (error: unknown): error is ServiceFault =>
  error instanceof Error && '$metadata' in error && typeof error.$metadata === 'object' && error.$metadata !== null;

/** The name of what went wrong, as DynamoDB and the SDK call it. */
export const faultName = (error: unknown): string => (error instanceof Error ? error.name : '');

/** What some faults mean, and what to do. */
const ADVICE: { readonly [name: string]: string } = {
  ExpiredTokenException: 'The AWS credentials have expired: sign in again.',
  CredentialsProviderError: 'No AWS credentials were found: set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, a profile, or a role.',
  UnrecognizedClientException: 'AWS does not know these credentials: check the key and the region.',
  InvalidSignatureException: 'AWS does not accept the signature: check the secret key and the clock of this machine.',
  AccessDeniedException: 'These credentials may not do that: allow it in their IAM policy (docs/OPERATIONS.md lists the actions).',
  ResourceNotFoundException: 'The table is not there: make it with tidemark storage create, or check name and region.',
  ItemCollectionSizeLimitExceededException: 'The table has a local secondary index, which limits a space to 10 GB: use a table without.',
};

/** One sentence about a fault, with what to do where that is known. */
export const explain = (error: unknown): string => {
  const text = error instanceof Error ? error.message || error.name : String(error);
  const advice = ADVICE[faultName(error)];
  return advice === undefined ? text : `${advice} (${text})`;
};

/**
 * What may be stored of a write that failed: nothing where DynamoDB refused the only try. After a try without an answer, which the SDK
 * repeats, it may have been stored all the same; so it may after an error of the server.
 */
export const outcomeOf = (error: unknown): StorageFailure['outcome'] => {
  if (faultName(error) === 'CredentialsProviderError') return 'nothing';
  if (!isServiceFault(error)) return 'unknown';
  const { httpStatusCode = 500, attempts = 1 } = error.$metadata;
  return httpStatusCode < 500 && attempts <= 1 ? 'nothing' : 'unknown';
};

/** Wraps whatever went wrong. `outcome` says whether anything can have been stored. */
export const storageFailure = (error: unknown, outcome: StorageFailure['outcome']): StorageFailure =>
  error instanceof StorageFailure ? error : new StorageFailure('storage_failed', outcome, `DynamoDB failed: ${explain(error)}`, error);
