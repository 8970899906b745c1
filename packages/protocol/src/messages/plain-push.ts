import { isJsonObject, type Json } from '../json.ts';
import { LIMITS } from '../limits.ts';
import type { PushRequest } from './push.ts';

/**
 * Is this a push as clients send them, with names and ids in plain ASCII? What this takes, pushRequestSchema takes as it is, at ten
 * times the cost. False says nothing yet: ask the schema, which also words what is wrong.
 */
export const isPlainPush = (value: unknown): value is PushRequest => {
  if (!isJsonObject(value)) return false;
  for (const name in value) if (!isMember(name, value[name], PUSH)) return false;
  const { mutations } = value;
  return hasAll(value, PUSH_REQUIRED) && Array.isArray(mutations) && mutations.every(isPlainMutation);
};

const isPlainMutation = (value: Json): boolean => {
  if (!isJsonObject(value)) return false;
  for (const name in value) if (!isMember(name, value[name], MUTATION)) return false;
  return hasAll(value, MUTATION_REQUIRED);
};

const isMember = (name: string, value: Json | undefined, members: ReadonlyMap<string, (value: Json | undefined) => boolean>): boolean =>
  members.get(name)?.(value) ?? false;

const hasAll = (value: object, names: readonly string[]): boolean => {
  for (let i = 0; i < names.length; i += 1) if (!Object.hasOwn(value, names[i] ?? '')) return false;
  return true;
};

const plainText =
  (max: number, min: number) =>
  (value: Json | undefined): boolean =>
    typeof value === 'string' && value.length >= min && value.length <= max && /^[ -~]*$/.test(value);

const integer =
  (min: number) =>
  (value: Json | undefined): boolean =>
    typeof value === 'number' && Number.isSafeInteger(value) && value >= min;

const id = plainText(LIMITS.idLengthMax, 1);

const PUSH: ReadonlyMap<string, (value: Json | undefined) => boolean> = new Map<string, (value: Json | undefined) => boolean>([
  ['protocolVersion', integer(Number.MIN_SAFE_INTEGER)],
  ['clientId', id],
  ['schemaVersion', integer(1)],
  ['spaceId', plainText(64, 0)],
  ['cursor', plainText(LIMITS.cursorLengthMax, 0)],
  ['mutations', Array.isArray],
]);
const PUSH_REQUIRED = ['protocolVersion', 'clientId', 'schemaVersion', 'mutations'];

const MUTATION: ReadonlyMap<string, (value: Json | undefined) => boolean> = new Map<string, (value: Json | undefined) => boolean>([
  ['mutationId', id],
  ['n', integer(1)],
  ['collection', plainText(LIMITS.collectionNameLengthMax, 0)],
  ['id', (value) => typeof value === 'string'],
  ['op', (value) => value === 'put' || value === 'patch' || value === 'delete'],
  ['fields', isJsonObject],
  ['was', isJsonObject],
  ['base', integer(0)],
  ['epoch', plainText(64, 0)],
  ['at', Number.isFinite],
  ['ifRevision', integer(0)],
  ['group', id],
  ['schemaVersion', integer(1)],
]);
const MUTATION_REQUIRED = ['mutationId', 'n', 'collection', 'id', 'op', 'base', 'at'];
