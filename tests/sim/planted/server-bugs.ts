import type { PlantedBug } from './planted-bug.ts';

const PLAN = 'packages/engine/src/plan';
const SPACE = 'packages/engine/src/space';
const SERVE = 'packages/engine/src/serve';
const SQLITE = 'packages/storage/src/sqlite';
const MERGE = 'packages/protocol/src/merge';

/** Bugs of the planner, the spaces, what is served, and the storages. */
export const SERVER_BUGS: readonly PlantedBug[] = [
  {
    name: 'no dedupe',
    kind: 'once',
    file: `${PLAN}/plan-push.ts`,
    edits: [
      [
        '  if (receipt) answerStored(draft, into, receipt);\n  else if',
        '  if (receipt && mutation.n < 0) answerStored(draft, into, receipt);\n  else if',
      ],
    ],
    seedsMax: 10,
  },
  {
    name: 'dedupe by (client, n)',
    kind: 'once',
    file: `${PLAN}/plan-push.ts`,
    edits: [
      ['if (push.ordered && mutation.n < nextN)', 'if (push.ordered && mutation.n < 0)'],
      [
        "  else if (mutation.op === 'void') planVoid",
        `  else if (push.ordered && mutation.n <= (draft.client(push.clientId)?.ackedN ?? 0))
    into.accepted.push({ mutationId: mutation.mutationId, status: 'duplicate', first: 'applied', seq: 0, revision: 0 });
  else if (mutation.op === 'void') planVoid`,
      ],
    ],
    seedsMax: 40,
  },
  {
    name: 'dedupe in memory, receipts not stored',
    kind: 'once',
    file: `${SQLITE}/write.ts`,
    edits: [['for (const receipt of receipts) {', 'for (const receipt of receipts.slice(1)) {']],
    seedsMax: 30,
  },
  {
    name: 'gap in the numbers taken',
    kind: 'order',
    file: `${PLAN}/plan-push.ts`,
    edits: [['if (push.ordered && mutation.n > nextN)', 'if (push.ordered && mutation.n > nextN + 1000)']],
    focus: ['powerLoss', 'duplicate', 'late', 'reorder'],
    seedsMax: 60,
  },
  {
    name: 'push planned in reverse',
    kind: 'order',
    file: `${PLAN}/plan-push.ts`,
    edits: [
      ['  const { mutations } = push;\n', '  const mutations = [...push.mutations].reverse();\n'],
      ['if (push.ordered && mutation.n > nextN)', 'if (push.ordered && mutation.n > nextN + 1000)'],
    ],
    seedsMax: 10,
  },
  {
    name: 'append without a look at the counter (memory)',
    kind: 'order',
    file: 'packages/engine/src/storage/memory-storage.ts',
    edits: [["if ((space?.row.appends ?? 0) !== expectedAppends) return 'head_moved';", '']],
    seedsMax: 60,
  },
  {
    name: 'append without a look at the counter (SQLite)',
    kind: 'order',
    file: `${SQLITE}/write.ts`,
    edits: [['if (appends !== expectedAppends) return undefined;', '']],
    focus: ['slow', 'duplicate'],
    seedsMax: 40,
  },
  {
    name: 'acknowledged before it is stored',
    kind: 'durability',
    file: `${SPACE}/space-queue.ts`,
    edits: [
      [
        "if (fault.outcome === 'nothing') return failureAnswer(fault, jobs.length);",
        "if (fault.outcome === 'nothing') return { outcomes, stored: true };",
      ],
    ],
    seedsMax: 20,
  },
  {
    name: 'unknown outcome taken for stored',
    kind: 'durability',
    file: `${SPACE}/space-queue.ts`,
    edits: [["if (fault.outcome === 'nothing') return failureAnswer(fault, jobs.length);", 'return { outcomes, stored: true };']],
    seedsMax: 20,
  },
  {
    name: 'refusals not stored',
    kind: 'durability',
    file: `${PLAN}/verdicts.ts`,
    edits: [
      [
        "draft.setReceipt({ mutationId, hash, verdict: 'rejected',",
        "if (code === 'VOIDED') draft.setReceipt({ mutationId, hash, verdict: 'rejected',",
      ],
    ],
    seedsMax: 20,
  },
  {
    name: 'no floor',
    kind: 'convergence',
    file: `${SPACE}/lineage.ts`,
    edits: [["reset: cursor.seq < space.floor ? 'floor' : undefined", 'reset: undefined']],
    focus: ['compact', 'offline'],
    seedsMax: 20,
  },
  {
    name: 'hash of the cursor not looked at',
    kind: 'healing',
    file: `${SPACE}/lineage.ts`,
    edits: [['if (cursor.seq > space.head) return false;', 'return true;']],
    focus: ['serverRestore'],
    seedsMax: 20,
  },
  {
    name: 'no new epoch for a base beyond the log',
    kind: 'healing',
    file: `${SPACE}/lineage.ts`,
    edits: [
      ['const lost = await lostSeqs(serving, space, mutations);', 'const lost: number[] = [];\n  if (mutations.length >= 0) return;'],
    ],
    focus: ['serverRestore', 'dropRequest', 'slow', 'oneWay'],
    seedsMax: 60,
  },
  {
    name: 'page skips a change',
    kind: 'convergence',
    file: `${SERVE}/pull.ts`,
    edits: [['{ after: cursor.seq, limit', '{ after: cursor.seq + (cursor.seq % 7 === 6 && cursor.seq + 1 < space.head ? 1 : 0), limit']],
    seedsMax: 20,
  },
  {
    name: 'page keeps the oldest state of a record',
    kind: 'convergence',
    file: `${SERVE}/pull.ts`,
    edits: [['const newest = new Map(rows.map(', 'const newest = new Map([...rows].reverse().map(']],
    seedsMax: 20,
  },
  {
    name: 'snapshot ends one page early',
    kind: 'convergence',
    file: `${SERVE}/pull.ts`,
    edits: [['const isLastPage = rows.length < ask.limit', 'const isLastPage = rows.length <= ask.limit || rows.length < ask.limit']],
    focus: ['compact', 'offline'],
    seedsMax: 20,
  },
  {
    name: 'tombstones left out of pages',
    kind: 'convergence',
    file: `${SERVE}/pull.ts`,
    edits: [['=== row.seq);', '=== row.seq && !row.deleted);']],
    seedsMax: 20,
  },
  {
    name: 'compaction takes live records',
    kind: 'convergence',
    file: `${SQLITE}/write.ts`,
    edits: [['DELETE FROM records WHERE space = ? AND deleted = 1 AND seq <= ?', 'DELETE FROM records WHERE space = ? AND seq <= ?']],
    focus: ['compact'],
    seedsMax: 10,
  },
  {
    name: 'digest forgets what was there',
    kind: 'convergence',
    file: `${PLAN}/log-draft.ts`,
    edits: [['    if (before !== undefined) addTo(sum, before, -1);\n', '']],
    seedsMax: 10,
  },
  {
    name: 'revision stands still',
    kind: 'order',
    file: `${PLAN}/draft.ts`,
    edits: [['const revision = (previous?.revision ?? 0) + 1;', 'const revision = Math.min(3, (previous?.revision ?? 0) + 1);']],
    seedsMax: 10,
  },
  {
    name: 'erased space keeps its spaceId',
    kind: 'isolation',
    file: `${SERVE}/maintain.ts`,
    edits: [
      [
        'newSpace(serving.env, space.app, space.key, [...row.erased, row.spaceId])',
        '({ ...newSpace(serving.env, space.app, space.key, row.erased), spaceId: row.spaceId })',
      ],
    ],
    focus: ['erase'],
    seedsMax: 20,
  },
  {
    name: 'spaceId not looked at',
    kind: 'isolation',
    file: `${SPACE}/lineage.ts`,
    edits: [['if (spaceId === undefined || spaceId === space.spaceId) return undefined;', 'if (space.head >= 0) return undefined;']],
    focus: ['erase'],
    seedsMax: 20,
  },
  {
    name: 'one space for all users',
    kind: 'isolation',
    file: 'packages/server/src/sync/mount.ts',
    edits: [['const { scopes, spaceKey,', "const spaceKey = 'u0';\n  const { scopes,"]],
    seedsMax: 20,
  },
  {
    name: 'counter by the last write',
    kind: 'conflicts',
    file: `${MERGE}/counter.ts`,
    edits: [['Math.min(mine, theirs) + (Math.max(mine, theirs) - was)', 'mine']],
    seedsMax: 40,
  },
  {
    name: 'set by the last write',
    kind: 'conflicts',
    file: `${MERGE}/set.ts`,
    edits: [['[...stay, ...added]', '[...mine]']],
    seedsMax: 40,
  },
  {
    name: 'maximum forgotten',
    kind: 'conflicts',
    file: `${PLAN}/decide-field.ts`,
    edits: [
      [
        "if (rule.when === 'always') return decideAlways(rule, question);",
        "if (rule.when === 'never') return decideAlways(rule, question);",
      ],
    ],
    seedsMax: 40,
  },
  {
    name: 'dropped value not kept as a conflict',
    kind: 'conflicts',
    file: `${PLAN}/merge-record.ts`,
    edits: [['if (answer.conflict) made.conflicts.push(', 'if (answer.conflict && field.length < 0) made.conflicts.push(']],
    seedsMax: 40,
  },
  {
    name: 'concurrent edit not noticed',
    kind: 'conflicts',
    file: `${PLAN}/context.ts`,
    edits: [['return edit.baseCounts ? stamp.seq > edit.base : true;', 'return false;']],
    seedsMax: 40,
  },
  {
    name: 'review decided by the last write',
    kind: 'conflicts',
    file: `${MERGE}/review.ts`,
    edits: [["pickingRule('review', keepTheirs)", "pickingRule('review', ({ mine }) => ({ value: mine.value, dropped: 'theirs' }))"]],
    focus: ['offline', 'partition'],
    seedsMax: 60,
  },
  {
    name: 'resolved conflict stays open',
    kind: 'conflicts',
    file: `${PLAN}/plan-resolve.ts`,
    edits: [['if (isFirst) close(draft, edit, conflict, choice);', '']],
    seedsMax: 20,
  },
  {
    name: 'up-caster not run by the server',
    kind: 'schema',
    file: `${PLAN}/plan-mutation.ts`,
    edits: [['if (version === draft.app.schemaVersion) return', 'if (version <= draft.app.schemaVersion) return']],
    focus: ['upgrade', 'offline'],
    seedsMax: 20,
  },
  {
    name: 'groups taken one by one',
    kind: 'order',
    file: `${PLAN}/plan-push.ts`,
    edits: [
      ['  if (group === undefined) return 1;\n', '  if (group !== null) return 1;\n'],
      ['isSplit: split.has(name)', 'isSplit: false'],
    ],
    // Few groups are refused at all; what these do to records refuses some.
    focus: ['compact', 'cloneClient', 'restoreClient', 'serverRestore'],
    seedsMax: 60,
  },
];
