import { isJsonObject, type JsonObject, ok, type Refusal, type Result, refuse } from '@tidemark/protocol';
import { taskFromStored } from '../stored-task.ts';

/** A task of an upload, its intervals normalised; its time at most the server's. */
export interface UploadedTask {
  readonly id: string;
  readonly version: number;
  readonly fields: JsonObject & { readonly updatedAt: number };
}

/** An upload replaces the whole task: what it leaves out would be lost. */
const REQUIRED = ['id', 'title', 'intervals', 'archived', 'tags'];

const refuseMembers = (names: readonly string[], message: string) =>
  refuse('VALIDATION_FAILED', `${names[0]}: ${message}`, { issues: names.slice(0, 20).map((path) => ({ path, message })) });

/**
 * Reads one task of an upload. `now` in milliseconds. Refusals: those of taskFromStored; VALIDATION_FAILED also names missing
 * and unknown members.
 */
export const readUploaded = (value: unknown, now: number): Result<UploadedTask> => {
  if (!isJsonObject(value)) return refuse('VALIDATION_FAILED', 'A task is an object with an id and a title.');
  const missing = REQUIRED.filter((name) => !Object.hasOwn(value, name));
  if (missing.length > 0) return refuseMembers(missing, 'is required');
  const read = taskFromStored(value, now);
  if (!read.ok) return read;
  const { id, fields, ignored } = read.value;
  // The owner follows from the token; a body may name another, and is not believed.
  const unknown = ignored.filter((name) => name !== 'userId');
  if (unknown.length > 0) return refuseMembers(unknown, 'a task has no such member');
  return ok({ id, version: fields.version ?? 1, fields: { ...fields, intervals: fields.intervals.map((one) => ({ ...one })) } });
};

/** The contract's words for a refusal of one task: one code for all that is wrong with its content. */
export const toItemError = ({ code, message, details }: Refusal) =>
  code === 'PLANNER_FAILED'
    ? { code, message, details: [] }
    : { code: 'VALIDATION_ERROR', message, details: details?.issues ?? [{ path: '', message, code }] };

/** The version that stored fields have reached. */
export const versionOf = ({ version }: JsonObject): number => (typeof version === 'number' ? version : 0);
