import { canonicalJson, type Env, type JsonObject, ok, type Result } from '@tidemark/protocol';
import type { Services } from '@tidemark/server/rest';
import { CATALOGUE } from '../../library/catalogue/catalogue.ts';
import type { Entry, RefusedRow } from '../../library/entry.ts';
import { LIBRARY_SPACE, TABLES, weekdayLibrary } from '../../library/schema.ts';

type Engine = Services['engine'];
type Mutation = Parameters<Engine['apply']>[1]['mutations'][number];

/** Who the history shows. */
const CLIENT = 'library-pipeline';
const BATCH = 500;

/** What became of entries. `same` stood there already. */
export interface FillReport {
  readonly added: number;
  readonly changed: number;
  readonly same: number;
  /** Entries that the engine would not store, by their place among those given, from 1. */
  readonly refused: readonly RefusedRow[];
}

interface Here {
  readonly seq: number;
  readonly fieldsJson: string;
}

interface Put {
  readonly row: number;
  readonly isNew: boolean;
  readonly mutation: Mutation;
}

const keyOf = (collection: string, id: string): string => `${collection} ${id}`;

const readHere = async (engine: Engine): Promise<Result<ReadonlyMap<string, Here>>> => {
  const taken = await engine.snapshot(LIBRARY_SPACE);
  if (!taken.ok) return taken;
  const here = new Map<string, Here>();
  for await (const page of taken.value.pages()) {
    for (const { collection, id, seq, fieldsJson } of page) here.set(keyOf(collection, id), { seq, fieldsJson });
  }
  return ok(here);
};

const wasOf = ({ fieldsJson }: Here): JsonObject => JSON.parse(fieldsJson);

/** A put in the place of the entry that stands there; undefined where that is the same. */
const putOf = (env: Env, { kind, id, fields }: Entry, row: number, here: ReadonlyMap<string, Here>): Put | undefined => {
  const collection = TABLES[kind];
  const old = here.get(keyOf(collection, id));
  if (old !== undefined && old.fieldsJson === canonicalJson(fields)) return undefined;
  const seen = old === undefined ? { base: 0 } : { base: old.seq, was: wasOf(old) };
  const mutation: Mutation = { mutationId: env.uuid(), n: 1, collection, id, op: 'put', fields, at: env.wall(), ...seen };
  return { row, isNew: old === undefined, mutation };
};

/** Stores puts in batches, each of them durable when the next begins; a storage that takes a part of one gets the rest after it. */
const store = async (engine: Engine, puts: readonly Put[], onProgress: (done: number) => void): Promise<Result<readonly RefusedRow[]>> => {
  const refused: RefusedRow[] = [];
  const rowOf = new Map(puts.map(({ mutation, row }) => [mutation.mutationId, row]));
  for (let from = 0; from < puts.length; ) {
    const mutations = puts.slice(from, from + BATCH).map(({ mutation }) => mutation);
    const applied = await engine.apply(LIBRARY_SPACE, { clientId: CLIENT, schemaVersion: weekdayLibrary.schemaVersion, mutations });
    if (!applied.ok) return applied;
    for (const { mutationId, code, message } of applied.value.rejected) {
      refused.push({ row: rowOf.get(mutationId) ?? 0, problem: `${code}: ${message}` });
    }
    from += Math.max(1, applied.value.accepted.length + applied.value.rejected.length);
    onProgress(from);
  }
  return ok(refused);
};

const fill = async (
  engine: Engine,
  env: Env,
  entries: readonly Entry[],
  { onProgress, dryRun }: FillOptions,
): Promise<Result<FillReport>> => {
  const here = await readHere(engine);
  if (!here.ok) return here;
  const puts = entries.flatMap((entry, index) => putOf(env, entry, index + 1, here.value) ?? []);
  const stored = dryRun ? ok([]) : await store(engine, puts, onProgress);
  if (!stored.ok) return stored;
  const refusedRows = new Set(stored.value.map(({ row }) => row));
  const written = puts.filter(({ row }) => !refusedRows.has(row));
  const added = written.filter(({ isNew }) => isNew).length;
  return ok({ added, changed: written.length - added, same: entries.length - puts.length, refused: stored.value });
};

export interface FillOptions {
  /** Called with the number of entries that are stored. */
  readonly onProgress: (done: number) => void;
  readonly dryRun: boolean;
}

/**
 * Brings entries into the stored libraries: what is new is added, what differs replaced, what is the same left alone, and nothing is
 * removed. So a repeat adds nothing, and one after a crash goes on where it stopped. Where nothing was stored yet, the starter
 * catalogue goes in first: what the server answered until then stays.
 */
export const fillLibrary = async (
  engine: Engine,
  env: Env,
  entries: readonly Entry[],
  options: FillOptions,
): Promise<Result<FillReport>> => {
  const session = await engine.session(LIBRARY_SPACE);
  if (!session.ok) return session;
  if (session.value.latestVersion === 0 && entries !== CATALOGUE) {
    const seeded = await fill(engine, env, CATALOGUE, { ...options, onProgress: () => undefined });
    if (!seeded.ok) return seeded;
  }
  return fill(engine, env, entries, options);
};
