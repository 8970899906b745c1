/** The digest of one collection: the number of live records and a 64-bit sum of their hashes, 16 hex characters. */
export interface CollectionDigest {
  readonly count: number;
  readonly sum: string;
}
/** GET /sync/digest. Holds for the state at `cursor`. */
export interface DigestAnswer {
  readonly collections: { readonly [collection: string]: CollectionDigest };
  readonly seq: number;
  readonly cursor: string;
  readonly epoch: string;
  readonly spaceId: string;
}
