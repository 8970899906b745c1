import type { LogRow } from '@tidemark/engine';
import { isJsonObject, type Json, type JsonObject } from '@tidemark/protocol';
import { plainJson } from './plain-json.ts';

/** A mutation that some store has taken in. */
export interface Issued {
  readonly mutation: JsonObject;
  /** All of it but what may change while it waits: its number, and where it stood before a restore. */
  readonly content: string;
  readonly user: string;
  readonly device: string;
  /** The life of the device's store: from one restore of it to the next. */
  readonly storeLife: string;
  /** Counts the mutations in the order in which stores took them in. */
  readonly order: number;
  /** The write has returned success to the page. */
  confirmed: boolean;
  /** An injected loss took its last copy; what it was. */
  excused: string | undefined;
  /** A person has asked to let it go from the parked list; it is discarded once a store has done so. */
  letGo: boolean;
  discarded: boolean;
}

/** What was observed so far. All of it comes from the edges of the product: stores, wires, the storage's appends. */
export interface Memory {
  readonly issued: Map<string, Issued>;
  /** Mutations that were made by the server or an import, not by a client. */
  readonly foreign: Set<string>;
  readonly logs: Map<string, LogRow[]>;
  /** Verdict of each mutation that has a receipt. */
  readonly receipts: Map<string, string>;
  /** Mutations whose receipt went with their space. */
  readonly erasedReceipts: Set<string>;
  /** Users whose space was erased, and the epochs it had before. */
  readonly erased: Set<string>;
  readonly erasedEpochs: Set<string>;
  restored: boolean;
}

export const createMemory = (): Memory => ({
  issued: new Map(),
  foreign: new Set(),
  logs: new Map(),
  receipts: new Map(),
  erasedReceipts: new Set(),
  erased: new Set(),
  erasedEpochs: new Set(),
  restored: false,
});

/** A mutation as it is stored and sent: undefined for a void, which is about another mutation. */
export const asMutation = (value: Json | undefined): (JsonObject & { readonly mutationId: string }) | undefined =>
  isJsonObject(value) && typeof value.mutationId === 'string' && value.op !== 'void'
    ? { ...value, mutationId: value.mutationId }
    : undefined;

/** What must never change of a mutation: all but its number, and where it stood before a restore. */
const contentOf = ({ n: _n, healed: _healed, ...content }: JsonObject): JsonObject => content;

/** Has this the content of the mutation as it was first stored? Equal texts are the usual case; the order of keys does not matter. */
export const hasContentOf = (issued: Issued, mutation: JsonObject): boolean => {
  const content = contentOf(mutation);
  return issued.content === JSON.stringify(content) || plainJson(JSON.parse(issued.content)) === plainJson(content);
};

/** As `Issued.content` has it. */
export const contentTextOf = (mutation: JsonObject): string => JSON.stringify(contentOf(mutation));

export const spaceKeyOf = (user: string): string => `sim/${user}`;
export const userOf = (spaceKey: string): string => spaceKey.slice(spaceKey.indexOf('/') + 1);
export const canaryOf = (user: string): string => `~${user}~`;
