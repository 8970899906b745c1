import { CONFLICTS, canonicalJson, type JsonObject, jsonEqual, type MutableJsonObject, PROTOCOL_VERSION } from '@tidemark/protocol';
import type { Accepted, Mutation, PushAnswer, PushedMutation } from '@tidemark/protocol/messages';
import type { Engine, SpaceRef } from '../engine.ts';

// A second, much simpler client than the real one: what docs/PROTOCOL.md asks of any client and no more. It stops with an error
// where the server leads it astray.

/** A server state: the canonical fields, or null for deleted. */
export interface ModelState {
  readonly seq: number;
  readonly text: string | null;
}

export interface Acknowledged {
  readonly mutation: Mutation;
  readonly clientId: string;
  readonly answer: Accepted;
  readonly epoch: string;
}

export interface ModelEdit {
  readonly collection?: string;
  readonly id: string;
  readonly op: 'put' | 'patch' | 'delete';
  readonly fields?: JsonObject;
  readonly group?: string;
  readonly ifRevision?: number;
}

const keyOf = (collection: string, id: string): string => `${collection}/${id}`;

const merged = (before: JsonObject | null, mutation: Mutation): JsonObject | null => {
  if (mutation.op === 'delete') return null;
  if (before === null && mutation.op === 'patch') return null;
  const next: MutableJsonObject = { ...before };
  if (mutation.op === 'put') for (const field of Object.keys(mutation.was ?? {})) delete next[field];
  for (const [field, value] of Object.entries(mutation.fields ?? {})) {
    if (value === null) delete next[field];
    else next[field] = value;
  }
  return next;
};

/** One local store. `name` is what its clientIds begin with. */
export class ModelClient {
  readonly name: string;
  readonly states = new Map<string, ModelState>();
  readonly acknowledged: Acknowledged[] = [];
  private readonly givenUp = new Map<string, Mutation>();
  readonly refused = new Set<string>();
  /** Given up, but they had arrived before: later edits were made without them in view. */
  readonly arrived = new Set<string>();
  outbox: PushedMutation[] = [];
  epoch: string | undefined;
  clientId: string;
  private engine: Engine;
  private readonly space: SpaceRef;
  private readonly now: () => number;
  private staged: Map<string, ModelState> | undefined;
  private cursor: string | undefined;
  private seq = 0;
  private nextN = 1;
  private made = 0;
  private lives = 1;

  /** Acknowledged mutations whose state was not worked out: they stay in view until a pull brings it. */
  private settled: { readonly key: string; readonly seq: number; readonly mutation: Mutation }[] = [];

  constructor(engine: Engine, space: SpaceRef, name: string, now: () => number) {
    this.engine = engine;
    this.space = space;
    this.name = name;
    this.now = now;
    this.clientId = name;
  }

  /** From now on talks to another server (one restored from a backup). */
  connect(engine: Engine): void {
    this.engine = engine;
  }

  state(collection: string, id: string): JsonObject | null {
    const text = this.states.get(keyOf(collection, id))?.text ?? null;
    return text === null ? null : JSON.parse(text);
  }

  /** The server's state with what was acknowledged since, then what waits, on top. */
  view(collection: string, id: string): JsonObject | null {
    let fields = this.state(collection, id);
    for (const { mutation } of this.settledOf(keyOf(collection, id))) fields = merged(fields, mutation);
    for (const mutation of this.outbox)
      if (mutation.op !== 'void' && mutation.collection === collection && mutation.id === id) fields = merged(fields, mutation);
    return fields;
  }

  private settledOf(key: string) {
    const known = Math.max(this.states.get(key)?.seq ?? 0, this.seq);
    return this.settled.filter((one) => one.key === key && one.seq > known);
  }

  edit({ collection = 'notes', id, op, fields, group, ifRevision }: ModelEdit): void {
    const seen = this.view(collection, id);
    if (op !== 'put' && seen === null && collection !== CONFLICTS) return;
    this.made += 1;
    const named = op === 'patch' ? Object.keys(fields ?? {}) : Object.keys(seen ?? {});
    const was = Object.fromEntries(named.flatMap((field) => (seen && Object.hasOwn(seen, field) ? [[field, seen[field] ?? null]] : [])));
    this.outbox.push({
      mutationId: `${this.name}-${this.made}`,
      n: this.nextN++,
      collection,
      id,
      op,
      ...(op === 'delete' ? {} : { fields: fields ?? {} }),
      ...(collection === CONFLICTS ? {} : { was }),
      base: this.states.get(keyOf(collection, id))?.seq ?? 0,
      ...(this.epoch === undefined ? {} : { epoch: this.epoch }),
      at: this.now(),
      ...(group === undefined ? {} : { group }),
      ...(ifRevision === undefined ? {} : { ifRevision }),
    });
  }

  /** Gives up the oldest waiting mutation, if it stands alone. */
  giveUp(): void {
    const [first] = this.outbox;
    if (first === undefined || first.op === 'void' || first.group !== undefined) return;
    this.givenUp.set(first.mutationId, first);
    this.outbox[0] = { mutationId: first.mutationId, n: first.n, op: 'void' };
  }

  /** Sends the first `count` (whole groups); a lost answer is as if it had never been given. */
  async push(count: number, isLost = false): Promise<void> {
    const mutations = this.outbox.slice(0, count);
    const groupAt = (index: number) => {
      const mutation = this.outbox[index];
      return mutation === undefined || mutation.op === 'void' ? undefined : mutation.group;
    };
    while (groupAt(mutations.length) !== undefined && groupAt(mutations.length) === groupAt(mutations.length - 1))
      mutations.push(...this.outbox.slice(mutations.length, mutations.length + 1));
    const { clientId } = this;
    const answer = await this.engine.push(this.space, { protocolVersion: PROTOCOL_VERSION, clientId, schemaVersion: 1, mutations });
    if (!answer.ok) throw new Error(`${clientId}: ${answer.error.code} ${answer.error.message}`);
    if (!isLost) this.take(answer.value);
  }

  private take(answer: PushAnswer): void {
    const own = new Map<string, number>();
    for (const verdict of answer.accepted) {
      const mutation = this.outbox.find((one) => one.mutationId === verdict.mutationId);
      if (mutation === undefined) throw new Error(`an answer nobody waits for: ${verdict.mutationId}`);
      this.outbox = this.outbox.filter((one) => one !== mutation);
      // A void that is answered by an acceptance: the mutation had arrived before it was given up.
      const wanted = mutation.op === 'void' ? this.givenUp.get(mutation.mutationId) : mutation;
      if (mutation.op === 'void') this.arrived.add(mutation.mutationId);
      if (wanted === undefined) throw new Error(`${mutation.mutationId} was never queued`);
      this.acknowledged.push({ mutation: wanted, clientId: this.clientId, answer: verdict, epoch: answer.epoch });
      if (answer.epoch === this.epoch) this.takeState(wanted, verdict, own);
    }
    for (const { mutationId } of answer.rejected) {
      this.refused.add(mutationId);
      this.outbox = this.outbox.filter((one) => one.mutationId !== mutationId);
    }
  }

  /** The state that an accepted mutation leads to: as sent, else worked out where the state before is certain. */
  private takeState(mutation: Mutation, verdict: Accepted, own: Map<string, number>): void {
    const key = keyOf(mutation.collection, mutation.id);
    const known = this.states.get(key);
    const { record } = verdict;
    if (record !== undefined) {
      this.put(this.states, key, { seq: record.seq, text: record.fields ? canonicalJson(record.fields) : null });
      own.set(key, record.seq);
      return;
    }
    const before = known?.seq ?? 0;
    if (verdict.seq <= Math.max(before, this.seq)) return;
    if (this.settledOf(key).length > 0 || !(own.get(key) === before || mutation.base === before)) {
      this.settled.push({ key, seq: verdict.seq, mutation });
      return;
    }
    const fields = merged(this.state(mutation.collection, mutation.id), mutation);
    this.put(this.states, key, { seq: verdict.seq, text: fields === null ? null : canonicalJson(fields) });
    own.set(key, verdict.seq);
  }

  private put(into: Map<string, ModelState>, key: string, state: ModelState): void {
    const known = into.get(key);
    if (known !== undefined && known.seq === state.seq && known.text !== state.text)
      throw new Error(`${this.name} has ${known.text} for ${key} at ${state.seq}, the server ${state.text}`);
    if (into === this.states && state.seq <= this.seq) return;
    if (known === undefined || known.seq < state.seq) into.set(key, state);
  }

  /** One page; true while there are more. A new epoch means a new clientId, and the journal is offered before the outbox. */
  async pull(limit: number): Promise<boolean> {
    const cursor = this.cursor === undefined ? {} : { cursor: this.cursor };
    const page = await this.engine.pull(this.space, { clientId: this.clientId, limit, ...cursor });
    if (!page.ok) throw new Error(`${this.clientId}: ${page.error.code} ${page.error.message}`);
    const { rows, hasMore, reset, epoch, seq } = page.value;
    if (reset || this.cursor === undefined) this.staged = new Map();
    const into = this.staged ?? this.states;
    for (const { collection, id, seq: at, deleted, fieldsJson } of rows)
      this.put(into, keyOf(collection, id), { seq: at, text: deleted ? null : fieldsJson });
    this.cursor = page.value.cursor;
    if (!this.staged) this.seq = seq;
    if (hasMore) return true;
    if (this.staged) this.replaceStates(this.staged, epoch, seq);
    return false;
  }

  private replaceStates(staged: Map<string, ModelState>, epoch: string, seq: number): void {
    const isOther = this.epoch !== undefined && this.epoch !== epoch;
    if (!isOther) for (const [key, state] of this.states) if (state.seq > seq) this.put(staged, key, state);
    this.states.clear();
    for (const [key, state] of staged) this.states.set(key, state);
    this.staged = undefined;
    this.seq = seq;
    this.epoch = epoch;
    if (isOther) this.settled = [];
    if (isOther) this.offerJournal(epoch);
  }

  private offerJournal(epoch: string): void {
    this.lives += 1;
    this.clientId = `${this.name}#${this.lives}`;
    const lost = this.acknowledged.filter((row) => row.epoch !== epoch);
    const offers = lost.map(
      ({ mutation, epoch: old, answer }): Mutation => ({ ...mutation, healed: mutation.healed ?? { epoch: old, seq: answer.seq } }),
    );
    const waiting = this.outbox.filter((one) => !offers.some((offer) => offer.mutationId === one.mutationId));
    this.outbox = [...offers, ...waiting].map((mutation, index) => ({ ...mutation, n: index + 1 }));
    this.nextN = this.outbox.length + 1;
  }

  async settle(): Promise<void> {
    while (await this.pull(3));
    while (this.outbox.length > 0) await this.push(7);
    while (await this.pull(3));
  }

  /** Live records as text, for comparing. */
  live(): { readonly [key: string]: string } {
    const rows = [...this.states].flatMap(([key, { seq, text }]) => (text === null ? [] : [[key, `${seq} ${text}`] as const]));
    return Object.fromEntries(rows.sort());
  }

  openConflicts(): string[] {
    const prefix = `${CONFLICTS}/`;
    return [...this.states].flatMap(([key, { text }]) => {
      const isOpen = key.startsWith(prefix) && text !== null && jsonEqual(JSON.parse(text).state, 'open');
      return isOpen ? [key.slice(prefix.length)] : [];
    });
  }
}
