// Those that a client checks as well stand alone, so that a browser gets no others.
/** Characters (code points) of a record id, client id, mutation id or group name. */
export const ID_LENGTH_MAX = 128;
export const GROUP_MUTATIONS_MAX = 40;
const KEYS_PER_OBJECT_MAX = 1_000;
const JSON_DEPTH_MAX = 32;
export const JSON_LIMITS = { keysPerObjectMax: KEYS_PER_OBJECT_MAX, jsonDepthMax: JSON_DEPTH_MAX } as const;

/** Limits that hold on every storage. They are advertised by GET /sync/session; units are in the names. */
export const LIMITS = {
  /** Decoded bytes of a request body. */
  bodyBytesMax: 8_388_608,
  mutationsPerPushMax: 5_000,
  /** Canonical JSON bytes of the fields of one record, after merging. */
  recordBytesMax: 262_144,
  keysPerObjectMax: KEYS_PER_OBJECT_MAX,
  jsonDepthMax: JSON_DEPTH_MAX,
  pageChangesMax: 5_000,
  pageBytesMax: 4_194_304,
  importBytesMax: 67_108_864,
  groupMutationsMax: GROUP_MUTATIONS_MAX,
  groupBytesMax: 524_288,
  idLengthMax: ID_LENGTH_MAX,
  /** Characters of an opaque cursor; an id of 128 characters may be 512 bytes of it. */
  cursorLengthMax: 2_048,
  collectionNameLengthMax: 64,
} as const;
/** The limits of a server: these, or smaller ones that something before it has. */
export type Limits = { readonly [name in keyof typeof LIMITS]: number };

/** The name of the collection that holds conflicts. Only the planner writes it. */
export const CONFLICTS = '$conflicts';

/** The field name of a conflict about the whole record (a delete against an edit). */
export const WHOLE_RECORD = '*';

/** Stands for the seq of a record where an index lists fields: an index that ends with it is in the order of the last changes. */
export const SEQ_FIELD = '$seq';
