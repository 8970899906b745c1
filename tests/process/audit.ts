import type { HistoryAnswer, HistoryEntry, PushAnswer } from '@tidemark/protocol/messages';
import { expect } from 'vitest';
import { type Caller, success } from './platform/http.ts';
import type { Sender } from './writer.ts';

const RESEND_MAX = 500;

/** Every change of one record, newest first. */
const historyOf = async (caller: Caller, id: string): Promise<HistoryEntry[]> => {
  const entries: HistoryEntry[] = [];
  let before: number | undefined;
  do {
    const from = before === undefined ? '' : `&before=${before}`;
    const page = success(await caller.get<HistoryAnswer>(`/sync/history?collection=tasks&limit=1000&id=${id}${from}`));
    entries.push(...page.entries);
    before = page.nextBefore;
  } while (before !== undefined);
  return entries;
};

const resend = async (caller: Caller, { clientId, acknowledged, sent }: Sender): Promise<void> => {
  const mutations = [...sent.values()];
  for (let from = 0; from < mutations.length; from += RESEND_MAX) {
    const part = mutations.slice(from, from + RESEND_MAX);
    const request = { protocolVersion: 1, clientId, schemaVersion: 1, mutations: part };
    const answer = success(await caller.post<PushAnswer>('/sync/push', request));
    expect(answer.rejected).toEqual([]);
    for (const again of answer.accepted) {
      const first = acknowledged.get(again.mutationId);
      expect(again.status).toBe('duplicate');
      expect([again.first, again.seq, again.revision]).toEqual([first?.first ?? first?.status, first?.seq, first?.revision]);
    }
  }
};

const touchedBy = (writers: readonly Sender[]): ReadonlySet<string> =>
  new Set(writers.flatMap(({ sent }) => [...sent.values()].map(({ id }) => id)));

/**
 * What must hold after any number of crashes, for writers whose outbox is empty: everything sent again is a duplicate with the first
 * answer's status, seq and revision; the log has no gap; each acknowledged mutation stands in it once, at the seq that was answered.
 */
export const auditLog = async (caller: Caller, writers: readonly Sender[]): Promise<{ readonly changes: number }> => {
  for (const writer of writers) {
    expect(writer.acknowledged.size).toBe(writer.sent.size);
    await resend(caller, writer);
  }
  const entries: HistoryEntry[] = [];
  for (const id of touchedBy(writers)) entries.push(...(await historyOf(caller, id)));
  entries.sort((a, b) => a.seq - b.seq);
  expect(entries.map(({ seq }) => seq)).toEqual(entries.map((_, index) => index + 1));
  const seqs = new Map(entries.map(({ mutationId, seq }) => [mutationId, seq]));
  expect(seqs.size).toBe(entries.length);
  for (const { acknowledged } of writers) {
    for (const { mutationId, seq } of acknowledged.values()) expect([mutationId, seqs.get(mutationId)]).toEqual([mutationId, seq]);
  }
  return { changes: entries.length };
};
