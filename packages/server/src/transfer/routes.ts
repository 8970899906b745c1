import { LIMITS, ok, type Result, refuse } from '@tidemark/protocol';
import * as z from 'zod';
import { answerJson, answerRefusal } from '../http/answer.ts';
import { respond, setHeader } from '../http/answer-headers.ts';
import { readBytes } from '../http/body.ts';
import { readQuery } from '../http/check.ts';
import { answerHtml } from '../http/html-page.ts';
import type { Call, Route } from '../sync/call.ts';
import { IMPORT_MODES } from './apply-import.ts';
import { checkExport, type FileProblem } from './check-export.ts';
import { ONE_BATCH } from './import-batches.ts';
import { asExport, type ReadOwnFile } from './own-form.ts';
import { openExport } from './write-export.ts';

export const EXPORT_TYPE = 'application/x-ndjson';
const PROBLEMS_SHOWN_MAX = 20;
const PROBLEM_LENGTH_MAX = 300;
/** Each holds its whole file in memory, and what becomes of it: some 300 MB for the largest. */
const IMPORTS_AT_ONCE = 2;
let importsUnderWay = 0;

export const exportQuery = z.strictObject({ history: z.enum(['true', 'false']).default('false') });
export const importQuery = z.strictObject({
  mode: z.enum(IMPORT_MODES).default('merge'),
  dryRun: z.enum(['true', 'false']).default('false'),
});
const counter = z.int().min(0);
/** What POST /import answers. */
export const importAnswerSchema = z.strictObject({
  dryRun: z.boolean(),
  mode: z.enum(IMPORT_MODES),
  records: counter.describe('Records in the file'),
  collections: z.record(z.string(), counter).describe('The same by collection'),
  written: counter,
  merged: counter.describe('Combined with edits that were here'),
  conflict: counter.describe('A value was dropped; it is kept as a conflict'),
  unchanged: counter,
  known: counter.describe('Were imported from this very file before'),
  deleted: counter.describe('Were here and not in the file; mode replace only'),
  seqBefore: counter.describe('POST /sync/restore with this seq takes the import back'),
  notes: z.array(z.string()).describe('What was read in another way than it stands in the file'),
});

/** `GET /export?history=`: all of the caller's as it stands now, as the file that `tidemark export` writes; streamed. */
export const answerExport = async ({ c, app, space, services }: Call): Promise<Response> => {
  const query = readQuery(c, exportQuery);
  if (!query.ok) return answerRefusal(c, query.error);
  const opened = await openExport(services.engine, space, {
    app,
    exportedAt: services.env.wall(),
    history: query.value.history === 'true',
  });
  if (!opened.ok) return answerRefusal(c, opened.error);
  const pieces = opened.value.text();
  const encoder = new TextEncoder();
  const stream = new ReadableStream<Uint8Array>(
    {
      pull: async (controller) => {
        const { value, done } = await pieces.next();
        if (done === true) controller.close();
        else controller.enqueue(encoder.encode(value));
      },
      cancel: async () => void (await pieces.return(undefined)),
    },
    { highWaterMark: 1 },
  );
  setHeader(c, 'Content-Type', EXPORT_TYPE);
  setHeader(c, 'Content-Disposition', `attachment; filename="${app.name}.jsonl"`);
  setHeader(c, 'Cache-Control', 'no-store');
  return respond(c, stream);
};

const lineName = (line: number): string => `line ${line}`;

const refused = (problems: readonly FileProblem[], pathOf = lineName): Result<never> => {
  const issues = problems
    .slice(0, PROBLEMS_SHOWN_MAX)
    .map(({ line, problem }) => ({ path: pathOf(line), message: problem.slice(0, PROBLEM_LENGTH_MAX) }));
  return refuse('IMPORT_REFUSED', 'The file cannot be imported; details.issues names the places. Nothing was stored.', { issues });
};

const runImport = async (call: Call, readOwn: ReadOwnFile | undefined): Promise<Result<object>> => {
  const { c, app, space, services } = call;
  const { engine } = services;
  const query = readQuery(c, importQuery);
  if (!query.ok) return query;
  const bytes = await readBytes(c, LIMITS.importBytesMax);
  if (!bytes.ok) return bytes;
  const own = readOwn?.(bytes.value);
  if (own?.ok === false) return own;
  const file = own === undefined ? { bytes: bytes.value, pathOf: lineName } : asExport(app, own.value);
  const source = () => [file.bytes];
  const checked = await checkExport(source, app);
  if (!checked.sound) return refused(checked.problems, file.pathOf);
  const { mode } = query.value;
  const dryRun = query.value.dryRun === 'true';
  const before = await engine.session(space);
  if (!before.ok) return before;
  const job = { engine, space, source, checked, mode, onProgress: () => undefined };
  const { importFile } = await import('./import-whole.ts');
  const report = await importFile(job, checked.records, { dryRun, size: ONE_BATCH });
  if (!report.ok) return report;
  const { counts, problems } = report.value;
  if (problems.length > 0) return refused(problems, file.pathOf);
  const { records, manifest } = checked;
  const about = { dryRun, mode, records, collections: manifest.counts };
  const notes = [...(own?.value.notes ?? [])];
  const answer: z.output<typeof importAnswerSchema> = { ...about, ...counts, seqBefore: before.value.latestVersion, notes };
  return ok(answer);
};

/**
 * `POST /import?mode=merge|replace&dryRun=true`: an export file of this app, at most LIMITS.importBytesMax decoded, into the caller's
 * records. The file is checked whole before anything is stored, and stored as one append where the storage takes so much.
 * `readOwn` reads the form of file that an app takes beside it.
 * Refusals: BODY_TOO_LARGE and the others of readBytes, BAD_REQUEST, IMPORT_REFUSED, UNAVAILABLE where too many are under way.
 */
export const answerImport = async (call: Call, readOwn?: ReadOwnFile): Promise<Response> => {
  if (importsUnderWay >= IMPORTS_AT_ONCE) {
    return answerRefusal(call.c, refuse('UNAVAILABLE', 'Other imports are under way. Try again in a moment.').error);
  }
  importsUnderWay += 1;
  try {
    const done = await runImport(call, readOwn);
    return done.ok ? await answerJson(call.c, done.value) : await answerRefusal(call.c, done.error);
  } finally {
    importsUnderWay -= 1;
  }
};

/** What is served under each mount, unless the app has a route of its own at the path. */
export const transferRoutes: readonly Route[] = [
  { method: 'GET', path: '/import', access: 'open', handle: async (c) => answerHtml(c, (await import('./page.ts')).TRANSFER_PAGE) },
  { method: 'GET', path: '/export', access: 'read', handle: answerExport },
  { method: 'POST', path: '/import', access: 'write', handle: (call) => answerImport(call) },
];
