import type { SpaceRef } from '@tidemark/engine';
import type { CommandContext } from './context.ts';
import type { OpenedEngine } from './open-engine.ts';
import { openProgress } from './progress.ts';

/** What was found about one space; `problems` is empty when digest and log chain fit the rows. */
export interface SpaceFinding {
  readonly space: SpaceRef;
  readonly head: number;
  readonly floor: number;
  /** Live records per collection. */
  readonly counts: { readonly [collection: string]: number };
  readonly clients: number;
  readonly records: number;
  readonly changes: number;
  readonly problems: readonly string[];
}

const inspectSpace = async (context: CommandContext, { storage, engine }: OpenedEngine, space: SpaceRef): Promise<SpaceFinding> => {
  const row = await storage.readSpace(space.key);
  const clients = await storage.readClients(space.key);
  const progress = openProgress(context.terminal, context.env, `Checking ${space.key}`, 0);
  const { records, changes, problems } = await engine.verify(space, progress.update);
  progress.stop();
  return {
    space,
    head: row?.head ?? 0,
    floor: row?.floor ?? 0,
    counts: Object.fromEntries(Object.entries(row?.digest ?? {}).map(([collection, [count]]) => [collection, count])),
    clients: clients.length,
    records,
    changes,
    problems,
  };
};

/** Checks every space of a database: recomputes digest and log chain from the rows. */
export async function* inspectSpaces(context: CommandContext, database: OpenedEngine): AsyncGenerator<SpaceFinding> {
  for await (const space of database.engine.listSpaces()) yield inspectSpace(context, database, space);
}
