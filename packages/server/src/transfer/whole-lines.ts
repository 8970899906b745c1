/** The lines of an export that keep a space exactly as it is: see export-format.ts. */
import type { LogRow, ReceiptRow, WholeRecord } from '@tidemark/engine';
import { canonicalJson, checkId, checkJson, isJsonObject, LIMITS, quoteJson } from '@tidemark/protocol';
import * as z from 'zod';

/** Names of parts that are no collection; none of an app's begins so. */
export const HISTORY = '$history';
export const RECEIPTS = '$receipts';

const counter = z.int().min(0);
const positive = z.int().min(1);
const idText = z.string().refine((id) => checkId(id) === undefined, 'is no id');
const hashText = z.string().regex(/^[0-9a-f]{32}$/u, 'is no hash');
const shortText = z
  .string()
  .max(LIMITS.cursorLengthMax)
  .refine((text) => checkJson(text) === undefined, 'is not well-formed');
const time = z.number();
/** A conflict holds values of records in its own fields. */
const JSON_IN_LINES = { ...LIMITS, jsonDepthMax: LIMITS.jsonDepthMax + 4 };
const fieldsValue = z.custom<object>(isJsonObject, 'is not an object').superRefine((fields, context) => {
  const fault = checkJson(fields, JSON_IN_LINES);
  if (fault !== undefined) context.addIssue({ code: 'custom', message: fault.message });
});

const ofChange = {
  collection: z.string().min(1).max(LIMITS.collectionNameLengthMax),
  id: idText,
  seq: positive,
  revision: positive,
  updatedAt: time,
  schemaVersion: positive,
  deleted: z.literal(true).optional(),
  mutationId: shortText,
  clientId: shortText,
  at: time,
  prevSeq: counter,
  hash: hashText,
};
const recordLine = z.strictObject({ ...ofChange, fields: fieldsValue, meta: z.custom<object>(isJsonObject, 'is not an object') });
/** The change at the floor has no fields where compaction has taken them. */
const changeLine = z.strictObject({ ...ofChange, fields: fieldsValue.nullable() });
const receiptLine = z.strictObject({
  mutationId: shortText,
  hash: shortText,
  verdict: z.enum(['applied', 'merged', 'conflict', 'rejected']),
  seq: counter,
  revision: counter,
  collection: shortText,
  id: shortText,
  extra: fieldsValue.nullable(),
});

/** The largest record as JSON, and what a merge may have made of it. */
const FIELDS_BYTES_MAX = 8 * LIMITS.recordBytesMax;

const faultOf = ({ issues }: z.ZodError): string => issues.map(({ path, message }) => `${path.join('.')}: ${message}`).join('; ');

const textOf = (fields: object): string => canonicalJson(JSON.parse(JSON.stringify(fields)));

const rowOf = ({ deleted, fields: _, ...row }: z.output<typeof changeLine>, fieldsJson: string | null): LogRow => ({
  ...row,
  deleted: deleted === true,
  fieldsJson,
});

/** The record of a parsed line, or what is wrong with it. */
export const readWholeRecord = (line: unknown): WholeRecord | string => {
  const read = recordLine.safeParse(line);
  if (!read.success) return faultOf(read.error);
  const { meta, ...change } = read.data;
  const fieldsJson = textOf(change.fields);
  if (fieldsJson.length > FIELDS_BYTES_MAX) return 'fields: larger than a record can be';
  const { mutationId, clientId, at, prevSeq, hash, ...state } = rowOf(change, fieldsJson);
  return { ...state, fieldsJson, metaJson: textOf(meta), change: { mutationId, clientId, at, prevSeq, hash } };
};

export const readChange = (line: unknown): LogRow | string => {
  const read = changeLine.safeParse(line);
  if (!read.success) return faultOf(read.error);
  return rowOf(read.data, read.data.fields === null ? null : textOf(read.data.fields));
};

export const readReceipt = (line: unknown): ReceiptRow | string => {
  const read = receiptLine.safeParse(line);
  if (!read.success) return faultOf(read.error);
  const { extra, ...receipt } = read.data;
  return { ...receipt, extraJson: extra === null ? null : textOf(extra) };
};

/** Members in order of their names, so that the line is canonical; the fields are canonical as storages keep them. */
const printRow = (row: LogRow, meta = ''): string => {
  const { at, clientId, collection, deleted, fieldsJson, hash, id, mutationId, prevSeq, revision, schemaVersion, seq, updatedAt } = row;
  const head = `"at":${at},"clientId":${quoteJson(clientId)},"collection":${quoteJson(collection)}${deleted ? ',"deleted":true' : ''}`;
  const middle = `"fields":${fieldsJson ?? 'null'},"hash":"${hash}","id":${quoteJson(id)}${meta},"mutationId":${quoteJson(mutationId)}`;
  const tail = `"prevSeq":${prevSeq},"revision":${revision},"schemaVersion":${schemaVersion},"seq":${seq},"updatedAt":${updatedAt}`;
  return `{${head},${middle},${tail}}`;
};

export const printWholeRecord = ({ metaJson, change, ...state }: WholeRecord): string =>
  `${printRow({ ...state, ...change }, `,"meta":${canonicalJson(JSON.parse(metaJson))}`)}\n`;

export const printChange = (row: LogRow): string => `{"change":${printRow(row)}}\n`;

export const printReceipt = ({ extraJson, ...receipt }: ReceiptRow): string =>
  `${canonicalJson({ receipt: { ...receipt, extra: extraJson === null ? null : JSON.parse(extraJson) } })}\n`;
