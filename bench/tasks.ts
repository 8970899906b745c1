import { PROTOCOL_VERSION } from '@tidemark/protocol';
import type { Mutation } from '@tidemark/protocol/messages';

export const APP = 'time-tracker';
const BEGAN = 1_790_000_000_000;
const WORDS = [
  'harbour',
  'invoice',
  'garden',
  'review',
  'draft',
  'meeting',
  'planning',
  'research',
  'travel',
  'budget',
  'kitchen',
  'archive',
];

const word = (i: number): string => WORDS[i % WORDS.length] ?? '';

/** The i-th task: always the same, about 220 bytes of JSON with its id. */
export const taskFields = (i: number) => {
  const start = BEGAN + i * 60_000;
  return {
    title: `${word(i)} ${word(i * 7 + 3)} ${word(i * 5 + 1)} number ${i}`,
    archived: i % 4 === 0,
    tags: [word(i + 2), word(i * 3 + 5)].filter((tag, at, all) => all.indexOf(tag) === at),
    intervals: [{ start, end: start + 1_500_000 }],
    updatedAt: start + 1_500_000,
  };
};

export const taskId = (i: number): string => `task-${String(i).padStart(8, '0')}`;

/** The mutation that creates the i-th task, as the n-th of a client. */
export const createTask = (clientId: string, i: number, n: number): Mutation => ({
  mutationId: `${clientId}-${n}`,
  n,
  collection: 'tasks',
  id: taskId(i),
  op: 'put',
  fields: taskFields(i),
  was: {},
  base: 0,
  at: BEGAN + i,
  schemaVersion: 1,
});

/** A push of tasks `from` to `from + count`; the client's mutations begin at n. */
export const pushOfTasks = (clientId: string, from: number, count: number, n: number) => ({
  protocolVersion: PROTOCOL_VERSION,
  clientId,
  schemaVersion: 1,
  mutations: Array.from({ length: count }, (_, k) => createTask(clientId, from + k, n + k)),
});
