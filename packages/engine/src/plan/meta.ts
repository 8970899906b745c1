import { quoteJson } from '@tidemark/protocol';

/** When and by whom a field was last written. */
export interface Stamp {
  readonly seq: number;
  /** '' where a rule combined the values of several writers: such a value is foreign to every client (docs/decisions/0004). */
  readonly clientId: string;
  /** Client time, clamped to the server's. */
  readonly at: number;
  /** Where the write stood in a log that was lost (docs/PROTOCOL.md: healing). */
  readonly healed?: { readonly epoch: string; readonly seq: number };
}

/** What the planner remembers of a record beside its fields. */
export interface RecordMeta {
  /** Of every field that has no stamp of its own. */
  readonly all: Stamp;
  readonly fields: { readonly [field: string]: Stamp };
  /** Of a tombstone: the delete. */
  readonly deletion?: Stamp;
  /** Seq of a change that came from resolving a conflict: whoever resolved it has not seen the record that it led to. */
  readonly resolvedAt?: number;
  /** Open conflicts: field → clientId → conflict id. */
  readonly open: { readonly [field: string]: { readonly [clientId: string]: string } };
}

export const stampOf = (meta: RecordMeta, field: string): Stamp =>
  (Object.hasOwn(meta.fields, field) ? meta.fields[field] : undefined) ?? meta.all;

/** Who made the newest change of the record and so knows what it led to; '' for nobody. */
export const lastAuthor = (meta: RecordMeta, seq: number): string => {
  if (meta.resolvedAt === seq) return '';
  if (meta.deletion?.seq === seq) return meta.deletion.clientId;
  const newest = Object.values(meta.fields).find((stamp) => stamp.seq === seq);
  if (newest !== undefined) return newest.clientId;
  return meta.all.seq === seq ? meta.all.clientId : '';
};

type PackedStamp = [number, string, number] | [number, string, number, string, number];

interface PackedMeta {
  s: PackedStamp;
  f?: { [field: string]: PackedStamp };
  d?: PackedStamp;
  r?: number;
  o?: { [field: string]: { [clientId: string]: string } };
}

const pack = (stamp: Stamp): PackedStamp =>
  stamp.healed ? [stamp.seq, stamp.clientId, stamp.at, stamp.healed.epoch, stamp.healed.seq] : [stamp.seq, stamp.clientId, stamp.at];

const unpack = (packed: PackedStamp): Stamp => {
  const [seq, clientId, at, epoch, healedSeq] = packed;
  return epoch === undefined || healedSeq === undefined ? { seq, clientId, at } : { seq, clientId, at, healed: { epoch, seq: healedSeq } };
};

/** Short keys: this text is written with every record. */
export const printMeta = (meta: RecordMeta): string => {
  if (isPlain(meta)) return `{"s":[${meta.all.seq},${quoteJson(meta.all.clientId)},${meta.all.at}]}`;
  const packed: PackedMeta = { s: pack(meta.all) };
  const fields = Object.entries(meta.fields);
  if (fields.length > 0) packed.f = Object.fromEntries(fields.map(([field, stamp]) => [field, pack(stamp)]));
  if (meta.deletion) packed.d = pack(meta.deletion);
  if (meta.resolvedAt !== undefined) packed.r = meta.resolvedAt;
  if (Object.keys(meta.open).length > 0) packed.o = { ...meta.open };
  return JSON.stringify(packed);
};

/** Does it say no more than who wrote the record, and when? So it is with every new one. */
const isPlain = ({ all, fields, deletion, resolvedAt, open }: RecordMeta): boolean =>
  all.healed === undefined && deletion === undefined && resolvedAt === undefined && isEmpty(fields) && isEmpty(open);

const isEmpty = (object: object): boolean => {
  for (const _ in object) return false;
  return true;
};

export const parseMeta = (text: string): RecordMeta => {
  const packed: PackedMeta = JSON.parse(text);
  const fields = packed.f ? Object.fromEntries(Object.entries(packed.f).map(([field, stamp]) => [field, unpack(stamp)])) : {};
  return {
    all: unpack(packed.s),
    fields,
    open: packed.o ?? {},
    ...(packed.d ? { deletion: unpack(packed.d) } : {}),
    ...(packed.r === undefined ? {} : { resolvedAt: packed.r }),
  };
};

const isPacked = (value: unknown): boolean => {
  if (!Array.isArray(value) || (value.length !== 3 && value.length !== 5)) return false;
  const [seq, clientId, at, epoch = '', healedSeq = 0]: unknown[] = value;
  return [seq, at, healedSeq].every(Number.isFinite) && typeof clientId === 'string' && typeof epoch === 'string';
};

const isObject = (value: unknown): value is object => typeof value === 'object' && value !== null && !Array.isArray(value);

/** Is this what printMeta prints, parsed? Asked of text that comes from elsewhere. */
export const isMeta = (value: unknown): boolean => {
  if (!isObject(value)) return false;
  const { s, f = {}, d, r, o = {}, ...more }: { [key: string]: unknown } = { ...value };
  const areStamps = isObject(f) && Object.values(f).every(isPacked);
  const areConflicts =
    isObject(o) && Object.values(o).every((of) => isObject(of) && Object.values(of).every((id) => typeof id === 'string'));
  const isRest = (d === undefined || isPacked(d)) && (r === undefined || Number.isFinite(r)) && Object.keys(more).length === 0;
  return isPacked(s) && areStamps && areConflicts && isRest;
};

/** The open conflict of a client about a field. */
export const openConflict = (open: RecordMeta['open'], field: string, clientId: string): string | undefined => {
  const ofField = Object.hasOwn(open, field) ? open[field] : undefined;
  return ofField !== undefined && Object.hasOwn(ofField, clientId) ? ofField[clientId] : undefined;
};

/** `open` with one conflict more (id given) or less (undefined). */
export const withOpen = (open: RecordMeta['open'], field: string, clientId: string, id: string | undefined): RecordMeta['open'] => {
  const others = Object.entries(Object.hasOwn(open, field) ? (open[field] ?? {}) : {}).filter(([other]) => other !== clientId);
  // Built from entries: a client may be called __proto__.
  const ofField = Object.fromEntries(id === undefined ? others : [...others, [clientId, id]]);
  const next = { ...open };
  if (Object.keys(ofField).length === 0) delete next[field];
  else next[field] = ofField;
  return next;
};
