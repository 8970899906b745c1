// Those that a client checks as well stand alone, so that a browser gets no others.
/** Characters (code points) of a record id, client id, mutation id or group name. */
export const ID_LENGTH_MAX = 128;
export const GROUP_MUTATIONS_MAX = 40;
export const JSON_LIMITS = { keysPerObjectMax: 1_000, jsonDepthMax: 32 } as const;

/** Limits that hold on every storage. They are advertised by GET /sync/session; units are in the names. */
export const LIMITS = {
  /** Decoded bytes of a request body. */
  bodyBytesMax: 8 * 1024 * 1024,
  mutationsPerPushMax: 5_000,
  /** Canonical JSON bytes of the fields of one record, after merging. */
  recordBytesMax: 256 * 1024,
  ...JSON_LIMITS,
  pageChangesMax: 5_000,
  pageBytesMax: 4 * 1024 * 1024,
  importBytesMax: 64 * 1024 * 1024,
  groupMutationsMax: GROUP_MUTATIONS_MAX,
  groupBytesMax: 512 * 1024,
  idLengthMax: ID_LENGTH_MAX,
  /** Characters of an opaque cursor; an id of 128 characters may be 512 bytes of it. */
  cursorLengthMax: 2_048,
  collectionNameLengthMax: 64,
} as const;
export type Limits = typeof LIMITS;

/** The name of the collection that holds conflicts. Only the planner writes it. */
export const CONFLICTS = '$conflicts';

/** The field name of a conflict about the whole record (a delete against an edit). */
export const WHOLE_RECORD = '*';

/** Stands for the seq of a record where an index lists fields: an index that ends with it is in the order of the last changes. */
export const SEQ_FIELD = '$seq';
