import { faultText, type Json, type JsonObject, ok, type Result, refuse } from '@tidemark/protocol';
import { answerImport, type Endpoint, importAnswerSchema, importQuery, NO_INPUT, type ReadOwnFile } from '@tidemark/server/rest';
import * as z from 'zod';
import { KEPT_NAME } from '../kept/migrations.ts';
import { readKept } from '../kept/read-kept.ts';
import type { KeptRecord } from '../kept/records.ts';

/** The first bytes of an export file, by which it is told from a value of the app without reading either. */
const HEAD_BYTES = 4_096;

const isExport = (bytes: Buffer): boolean => bytes.subarray(0, HEAD_BYTES).includes('"format":"tidemark-export"');

const parsed = (bytes: Buffer): Result<Json> => {
  try {
    const value: Json = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
    return ok(value);
  } catch (fault) {
    const message = `is not JSON in UTF-8 (${faultText(fault)})`;
    return refuse('IMPORT_REFUSED', 'The file cannot be imported. Nothing was stored.', { issues: [{ path: KEPT_NAME, message }] });
  }
};

const dayOf = ({ day, date }: JsonObject): string => (typeof date === 'string' ? date : typeof day === 'string' ? day : '');

/** Noon of the last day that records are about; names of days are no days. */
const lastDay = (records: readonly KeptRecord[]): number => {
  let last = '';
  for (const { fields } of records) {
    const day = dayOf(fields);
    if (/^\d{4}-/.test(day) && day > last) last = day;
  }
  return last === '' ? 0 : Math.max(0, Date.parse(`${last}T12:00:00Z`));
};

const readOwn: ReadOwnFile = (bytes) => {
  if (isExport(bytes)) return undefined;
  const value = parsed(bytes);
  const kept = value.ok ? readKept(value.value) : value;
  return kept.ok ? ok({ ...kept.value, editedAt: lastDay(kept.value.records) }) : kept;
};

/** What the app keeps, for the spec; its checks are those of readKept, which names the places. */
const keptSchema = z
  .record(z.string(), z.unknown())
  .describe('The value of andi_weekday_os_v1, any member of which may be missing; or, as application/x-ndjson, an export file');

/** `POST /import`: an export file as under every mount, or what the app keeps in localStorage. */
export const importEndpoint: Endpoint = {
  route: { method: 'POST', path: '/import', access: 'write', handle: (call) => answerImport(call, readOwn) },
  spec: {
    ...NO_INPUT,
    method: 'POST',
    path: '/import',
    tag: 'transfer',
    summary: 'Import what the app keeps in localStorage, or an export file',
    description:
      'Checked whole, then stored in one append. Items without an id get one that follows from their content, so the same file twice ' +
      'adds nothing. At most 64 MiB decoded.',
    query: importQuery,
    body: keptSchema,
    answers: { 200: { description: 'What became of the records', schema: importAnswerSchema } },
    refusals: ['IMPORT_REFUSED', 'BODY_TOO_LARGE', 'UNAVAILABLE'],
  },
};
