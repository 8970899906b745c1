import { type Storage, StorageFailure } from '@tidemark/engine';
import { type Context, die, type Life, mortal, strikes } from './context.ts';

export interface StorageFaultParts {
  readonly context: Context;
  readonly life: Life;
  readonly storage: Storage;
  readonly kill: () => void;
  /** Called after each write, before the process knows of it. */
  readonly onStored: () => void;
}

const fails = (code: 'storage_full' | 'storage_failed', outcome: 'nothing' | 'unknown'): StorageFailure =>
  new StorageFailure(code, outcome, 'the simulator says so');

/** The storage as one process sees it: every call may take time, fail, or be the last thing that the process does. */
export const faultyStorage = ({ context, life, storage, kill, onStored }: StorageFaultParts): Storage => {
  const { loop, streams, sometimes } = context;
  const dice = streams('storage latency');
  const pause = async (): Promise<void> => {
    if (dice.chance(0.15)) await mortal(life, loop.sleep(dice.next() * 12, `${life.name} waits for its storage`));
  };
  const read = async <T>(from: () => Promise<T>): Promise<T> => {
    await pause();
    if (strikes(context, 'storageRead')) throw fails('storage_failed', 'nothing');
    return mortal(life, loop.real(from()));
  };
  const point = async (where: string): Promise<void> => {
    if (!strikes(context, 'serverPoint')) return;
    sometimes.hit(`server died ${where} a storage write`);
    kill();
    await die(life);
  };
  const write = async <T>(to: () => Promise<T>): Promise<T> => {
    await pause();
    await point('before');
    if (strikes(context, 'storageNothing')) throw fails('storage_full', 'nothing');
    const isUnknown = strikes(context, 'storageUnknown');
    if (isUnknown && dice.chance(0.5)) {
      sometimes.hit('commit of unknown outcome was not stored');
      throw fails('storage_failed', 'unknown');
    }
    const answer = await mortal(life, loop.real(to()));
    if (answer === 'head_moved') sometimes.hit('append lost the race to another process');
    onStored();
    await point('after');
    if (isUnknown) {
      sometimes.hit('commit of unknown outcome was stored');
      throw fails('storage_failed', 'unknown');
    }
    await pause();
    return answer;
  };
  return {
    ...storage,
    readSpace: (key) => read(() => storage.readSpace(key)),
    load: (key, wanted) => read(() => storage.load(key, wanted)),
    readLog: (key, range) => read(() => storage.readLog(key, range)),
    readLogRow: (key, seq) => read(() => storage.readLogRow(key, seq)),
    readLogRows: (key, seqs) => read(() => storage.readLogRows(key, seqs)),
    findLogRowAt: (key, time) => read(() => storage.findLogRowAt(key, time)),
    readHistory: (key, from) => read(() => storage.readHistory(key, from)),
    readRecords: (key, page) => read(() => storage.readRecords(key, page)),
    query: (key, plan) => read(() => storage.query(key, plan)),
    readReceipts: (key, page) => read(() => storage.readReceipts(key, page)),
    readClients: (key) => read(() => storage.readClients(key)),
    listSpaces: (page) => read(() => storage.listSpaces(page)),
    append: (batch) => write(() => storage.append(batch)),
    putClient: (space, client) => write(() => storage.putClient(space, client)),
    compact: (batch) => write(() => storage.compact(batch)),
    erase: (batch) => write(() => storage.erase(batch)),
    close: async () => undefined,
  };
};
