import type { Append, ReceiptRow, SpaceRow, Storage } from '@tidemark/engine';
import { ok, type Result, refuse } from '@tidemark/protocol';

const PAGE = { limit: 1_000, bytesMax: 4 * 1024 * 1024 };
const NOTHING: Pick<Append, 'changes' | 'records' | 'receipts' | 'clients'> = { changes: [], records: [], receipts: [], clients: [] };

/** One space on its way from one storage to another, which nobody serves meanwhile. */
interface Move {
  readonly from: Storage;
  readonly to: Storage;
  readonly key: string;
}

/** Is what stands in the new place the beginning of what stands in the old one? Answers why not, or undefined. */
const strangerFault = async ({ from, key }: Move, source: SpaceRow, here: SpaceRow): Promise<string | undefined> => {
  if (here.spaceId !== source.spaceId || here.epoch !== source.epoch)
    return `${key} is in the new place already, and is another space there`;
  if (here.head > source.head) return `${key} has changes in the new place that the old one does not have`;
  if (here.head < source.floor) return undefined;
  const hash = here.head === source.head ? source.hash : (await from.readLogRow(key, here.head))?.hash;
  const isSame = here.head === source.floor ? here.hash === source.floorHash : here.hash === hash;
  return isSame ? undefined : `${key} was written to in both places`;
};

const append = async ({ to, key }: Move, row: SpaceRow, here: SpaceRow | undefined, rows: Partial<typeof NOTHING>): Promise<SpaceRow> => {
  const expectedAppends = here?.appends ?? 0;
  const space = { ...row, appends: expectedAppends + 1 };
  if ((await to.append({ expectedAppends, space, ...NOTHING, ...rows })) === 'stored') return space;
  throw new Error(`${key} was written to in the new place while it was moved. Stop the servers of both, then run it again.`);
};

/** The old place was compacted since a part was moved: what it let go of is here still, so the space is moved anew. */
const startOver = async ({ to }: Move, source: SpaceRow, here: SpaceRow): Promise<SpaceRow> => {
  if (here.floor === source.floor) return here;
  const space = { ...source, head: 0, appends: here.appends + 1 };
  await to.erase({ space, expectedAppends: here.appends });
  return space;
};

/** Moves the log from where the new place ends: each page with the states and the receipts that its changes are, in one append. */
const moveLog = async (move: Move, source: SpaceRow, begun: SpaceRow | undefined, onMoved: (changes: number) => void) => {
  const { from, key } = move;
  let here = begun;
  while ((here?.head ?? 0) < source.head) {
    const rows = await from.readLog(key, { after: here?.head ?? 0, ...PAGE });
    const last = rows.at(-1);
    if (last === undefined) break;
    const { records, receipts } = await from.load(key, {
      records: [...new Map(rows.map(({ collection, id }) => [`${collection}\u0000${id}`, { collection, id }])).values()],
      receipts: [...new Set(rows.map(({ mutationId }) => mutationId))],
      clients: [],
    });
    const seqs = new Set(rows.map(({ seq }) => seq));
    const row = { ...source, head: last.seq, hash: last.hash, committedAt: last.updatedAt };
    here = await append(move, row, here, { changes: rows, records: records.filter(({ seq }) => seqs.has(seq)), receipts });
    onMoved(rows.length);
  }
  return here;
};

const isEqual = (a: object | undefined, b: object): boolean => JSON.stringify(a) === JSON.stringify(b);

/** The receipts that went with no change: of refusals, of what changed nothing, of changes that were compacted. */
const moveReceipts = async (move: Move, begun: SpaceRow | undefined): Promise<SpaceRow | undefined> => {
  const { from, to, key } = move;
  let here = begun;
  for (let after: string | undefined; ; ) {
    const page: ReceiptRow[] = await from.readReceipts(key, { limit: PAGE.limit, ...(after === undefined ? {} : { after }) });
    if (page.length === 0) return here;
    const known = await to.load(key, { records: [], receipts: page.map(({ mutationId }) => mutationId), clients: [] });
    const there = new Map(known.receipts.map((receipt) => [receipt.mutationId, receipt]));
    const missing = page.filter((receipt) => !isEqual(there.get(receipt.mutationId), receipt));
    if (missing.length > 0 && here !== undefined) here = await append(move, here, here, { receipts: missing });
    after = page.at(-1)?.mutationId;
  }
};

/** Clients, and the row of the space as it is in the old place. */
const moveRest = async (move: Move, source: SpaceRow, here: SpaceRow | undefined): Promise<void> => {
  const { from, to, key } = move;
  const there = new Map((await to.readClients(key)).map((client) => [client.clientId, client]));
  const clients = (await from.readClients(key)).filter((client) => !isEqual(there.get(client.clientId), client));
  const isSame = here !== undefined && isEqual({ ...here, appends: 0 }, { ...source, appends: 0 });
  if (!isSame || clients.length > 0) await append(move, source, here, { clients });
  for (const client of clients) if (there.has(client.clientId)) await to.putClient(key, client);
};

/**
 * Moves a space: its spaceId, epoch, log, states, receipts and clients, so that its clients notice nothing. Goes on where it was cut off:
 * how far it came is the head in the new place, and every step is one append. Refused where something else is in the new place.
 */
export const moveSpace = async (move: Move, onMoved: (changes: number) => void): Promise<Result<void>> => {
  const { from, to, key } = move;
  const source = await from.readSpace(key);
  if (source === undefined) return ok(undefined);
  const found = await to.readSpace(key);
  const fault = found && (await strangerFault(move, source, found));
  if (fault !== undefined) return refuse('BAD_REQUEST', `${fault}. Give an empty database, or the one that this move was begun to.`);
  const begun = found && (await startOver(move, source, found));
  onMoved(begun?.head ?? 0);
  const here = await moveLog(move, source, begun, onMoved);
  await moveRest(move, source, await moveReceipts(move, here ?? (await append(move, { ...source, head: 0 }, undefined, {}))));
  return ok(undefined);
};
