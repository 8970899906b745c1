import { isJsonObject, type JsonObject, ok, type Result } from '@tidemark/protocol';
import type { Services } from '@tidemark/server/rest';
import type { Entry } from '../../library/entry.ts';
import type { Library } from '../../library/library.ts';
import { LIBRARY_SPACE, TABLES } from '../../library/schema.ts';
import { KINDS, type Kind } from '../../library/shapes.ts';

type Engine = Services['engine'];

/** How long a version may be answered after another process has stored a newer one. */
const LOOK_EVERY_MS = 5_000;

const KIND_OF: ReadonlyMap<string, Kind> = new Map(KINDS.map((kind) => [TABLES[kind], kind]));

const fieldsOf = (json: string): JsonObject => {
  const fields: unknown = JSON.parse(json);
  return isJsonObject(fields) ? fields : {};
};

/** All entries that are stored. */
export const readEntries = async (engine: Engine): Promise<Result<readonly Entry[]>> => {
  const taken = await engine.snapshot(LIBRARY_SPACE);
  if (!taken.ok) return taken;
  const entries: Entry[] = [];
  for await (const page of taken.value.pages()) {
    for (const { collection, id, fieldsJson } of page) {
      const kind = KIND_OF.get(collection);
      if (kind !== undefined) entries.push({ kind, id, fields: fieldsOf(fieldsJson) });
    }
  }
  return ok(entries);
};

/** Which version is stored; undefined where nothing is, or the engine knows no libraries: then the catalogue stands as it ships. */
const storedVersion = async (engine: Engine): Promise<Result<string | undefined>> => {
  if (!engine.apps.has(LIBRARY_SPACE.app)) return ok(undefined);
  const session = await engine.session(LIBRARY_SPACE);
  if (!session.ok) return session;
  const { epoch, latestVersion } = session.value;
  return ok(latestVersion === 0 ? undefined : `${epoch}-${latestVersion}`);
};

/** The libraries of a server. Looks for a newer version every few seconds, and reads one once. */
export interface StoredLibrary {
  current(): Promise<Result<Library>>;
}

export const createStoredLibrary = ({ engine, env }: Pick<Services, 'engine' | 'env'>): StoredLibrary => {
  let known: Library | undefined;
  let lookedAt = Number.NEGATIVE_INFINITY;
  let looking: Promise<Result<Library>> | undefined;

  const read = async (): Promise<Result<Library>> => {
    const version = await storedVersion(engine);
    if (!version.ok) return version;
    // Only now: most processes are never asked, and start sooner without.
    const { CATALOGUE, CATALOGUE_VERSION } = await import('../../library/catalogue/catalogue.ts');
    const { openLibrary } = await import('../../library/library.ts');
    const named = version.value ?? CATALOGUE_VERSION;
    if (known?.version === named) return ok(known);
    const entries = version.value === undefined ? ok(CATALOGUE) : await readEntries(engine);
    return entries.ok ? ok(await openLibrary(named, entries.value)) : entries;
  };

  const look = async (): Promise<Result<Library>> => {
    const began = env.mono();
    try {
      const found = await read();
      if (found.ok) {
        known = found.value;
        lookedAt = began;
      }
      return found;
    } finally {
      looking = undefined;
    }
  };

  return {
    current: async () => {
      if (known !== undefined && env.mono() - lookedAt < LOOK_EVERY_MS) return ok(known);
      looking ??= look();
      return looking;
    },
  };
};
