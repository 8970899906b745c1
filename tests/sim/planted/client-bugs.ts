import type { PlantedBug } from './planted-bug.ts';

const OUTBOX = 'packages/client/src/outbox';
const SYNC = 'packages/client/src/sync';
const PARK = 'await transactions.run((mirror) => parkUnit(mirror, unit, failed.error, env.wall()));';
const DROP_UNIT =
  'await transactions.run(() => ({ rows: { outbox: new Map((unit ?? []).map((row) => [row.mutation.mutationId, null])) } }));';
const SEND = '    const answer = await sent.answer;\n';
const DROP_BATCH =
  'await transactions.run(() => ({ rows: { outbox: new Map(sent.units.flat().map((row) => [row.mutation.mutationId, null])) } }));\n';

/** Bugs of the client: of its outbox, its healing, its pages and its loop. */
export const CLIENT_BUGS: readonly PlantedBug[] = [
  { name: 'outbox dropped when sent', kind: 'outbox', file: `${SYNC}/push.ts`, edits: [[SEND, DROP_BATCH + SEND]], seedsMax: 10 },
  {
    name: 'outbox dropped after an error of the server',
    kind: 'outbox',
    file: `${SYNC}/push.ts`,
    edits: [[SEND, `${SEND}  if (!answer.ok && answer.status >= 500) ${DROP_BATCH}`]],
    seedsMax: 20,
  },
  {
    name: 'drop on 401',
    kind: 'outbox',
    file: `${SYNC}/push.ts`,
    edits: [[SEND, `${SEND}  if (!answer.ok && answer.status === 401) ${DROP_BATCH}`]],
    seedsMax: 60,
  },
  {
    name: 'outbox dropped when revoked',
    kind: 'outbox',
    file: `${SYNC}/push.ts`,
    edits: [[SEND, `${SEND}  if (!answer.ok && answer.error.code === 'CLIENT_REVOKED') ${DROP_BATCH}`]],
    seedsMax: 60,
  },
  {
    name: 'suspect dropped instead of parked',
    kind: 'outbox',
    file: `${SYNC}/mend-push.ts`,
    edits: [[PARK, DROP_UNIT]],
    seedsMax: 60,
  },
  {
    name: 'refused mutation not parked',
    kind: 'outbox',
    file: `${SYNC}/apply-push.ts`,
    edits: [["if (!isVoid || code !== 'VOIDED') parked.set(", "if (isVoid && code !== 'VOIDED') parked.set("]],
    seedsMax: 20,
  },
  {
    name: 'outbox cleared by a snapshot',
    kind: 'outbox',
    file: `${SYNC}/apply-page.ts`,
    edits: [["clear: ['records', 'staged'],", "clear: ['records', 'staged', 'outbox'],"]],
    seedsMax: 20,
  },
  {
    name: 'outbox cleared by a new clientId',
    kind: 'outbox',
    file: `${OUTBOX}/journal.ts`,
    edits: [['outbox.set(mutation.mutationId, { mutation: { ...mutation, n } });', 'outbox.set(mutation.mutationId, null);']],
    seedsMax: 30,
  },
  {
    name: 'new mutationIds under a new clientId',
    kind: 'once',
    file: `${OUTBOX}/journal.ts`,
    edits: [
      [
        'outbox.set(mutation.mutationId, { mutation: { ...mutation, n } });',
        `const mutationId = mutation.mutationId + 'x';
    outbox.set(mutation.mutationId, null).set(mutationId, { mutation: { ...mutation, n, mutationId } });`,
      ],
    ],
    seedsMax: 40,
  },
  {
    name: 'numbers kept under a new clientId',
    kind: 'progress',
    file: `${OUTBOX}/journal.ts`,
    edits: [['let n = 0;', 'let n = mirror.meta.nextN;']],
    focus: ['revoke'],
    seedsMax: 10,
  },
  {
    name: 'journal not offered after a restore',
    kind: 'healing',
    file: `${OUTBOX}/journal.ts`,
    edits: [['of acknowledged(mirror, now))', 'of acknowledged(mirror, now).slice(0, 0))']],
    seedsMax: 40,
  },
  {
    name: 'journal not kept',
    kind: 'healing',
    file: `${SYNC}/apply-push.ts`,
    edits: [['journal.set(mutationId, { mutation,', 'new Map().set(mutationId, { mutation,']],
    seedsMax: 40,
  },
  {
    name: 'lost receipts not noticed',
    kind: 'healing',
    file: `${SYNC}/mend-push.ts`,
    edits: [['if (expected <= asked.receiptN) {', 'if (expected < 0) {']],
    focus: ['serverRestore', 'partition', 'dropAnswer', 'oneWay'],
    seedsMax: 60,
  },
  {
    name: 'only what is of another epoch is offered after a restore',
    kind: 'healing',
    file: `${OUTBOX}/journal.ts`,
    edits: [
      ['({ journal, parked }: Mirror', '({ journal, parked, meta }: Mirror'],
      ['.filter(({ mutation, at }) =>', '.filter(({ mutation, at, epoch }) => epoch !== meta.epoch &&'],
    ],
    focus: ['serverRestore', 'storageRead', 'slow', 'oneWay'],
    seedsMax: 60,
  },
  {
    name: 'journal not offered with a new clientId',
    kind: 'healing',
    file: `${SYNC}/round.ts`,
    edits: [['=== old ? takeNewClientId(mirror,', '=== old ? takeNewClientId({ ...mirror, journal: new Map() },']],
    focus: ['serverRestore', 'revoke', 'compact', 'dropRequest', 'slow'],
    seedsMax: 60,
  },
  {
    name: 'signing in fails with the store',
    kind: 'progress',
    file: 'packages/client/src/session.ts',
    edits: [['mirror.meta.clientId).catch(() => undefined);', 'mirror.meta.clientId);']],
    focus: ['revoke', 'diskFull', 'storeAbort'],
    seedsMax: 30,
  },
  {
    name: 'groups torn when offered',
    kind: 'healing',
    file: `${OUTBOX}/journal.ts`,
    edits: [['return withGroupsWhole(', 'return (']],
    focus: ['serverRestore', 'offline', 'partition'],
    seedsMax: 40,
  },
  {
    name: 'healed writes not marked',
    kind: 'healing',
    file: `${OUTBOX}/journal.ts`,
    edits: [['healed: { epoch, seq }, ', '']],
    focus: ['serverRestore', 'offline', 'partition'],
    seedsMax: 40,
  },
  {
    name: 'snapshot adds instead of replacing',
    kind: 'convergence',
    file: `${SYNC}/apply-page.ts`,
    edits: [["clear: ['records', 'staged'],", "clear: ['staged'],"]],
    seedsMax: 60,
  },
  {
    name: 'cursor before apply',
    kind: 'convergence',
    file: `${SYNC}/pull.ts`,
    edits: [
      [
        'const applied = await transactions.run((mirror) => applyPage(mirror, page, asked, env.wall()));',
        `let planned: ReturnType<typeof applyPage> = null;
  await transactions.run((mirror) => {
    planned = applyPage(mirror, page, asked, env.wall());
    return planned && { meta: planned.meta };
  });
  const applied = await transactions.run(() => planned && { clear: planned.clear ?? [], rows: planned.rows ?? {} });`,
      ],
    ],
    seedsMax: 60,
  },
  {
    name: 'page applied to another cursor',
    kind: 'convergence',
    file: `${SYNC}/apply-page.ts`,
    edits: [['if (nextCursor(asked) !== cursor) return null;', '']],
    focus: ['streamBreak', 'reorder', 'slow'],
    seedsMax: 40,
  },
  {
    name: 'tabs write without a look at each other',
    kind: 'convergence',
    file: 'packages/client/src/store/transactions.ts',
    edits: [['check: [{ ...place, value: before && toRow(before) }],', 'check: [],']],
    seedsMax: 30,
  },
  {
    name: 'another epoch is not noticed',
    kind: 'convergence',
    file: `${SYNC}/apply-page.ts`,
    // Together with what makes up for it: a page of another epoch than the stored one begins a snapshot by itself.
    edits: [
      ['const isReset = page.reset !== undefined;', "const isReset = page.reset === 'floor';"],
      ['if (!isReset && cursor !== null && page.epoch !==', 'if (!isReset && cursor !== null && page.seq < 0 && page.epoch !=='],
    ],
    focus: ['serverRestore'],
    seedsMax: 20,
  },
  {
    name: 'up-caster not run by the client',
    kind: 'schema',
    file: 'packages/client/src/view/fold.ts',
    edits: [['if (from === app.schemaVersion) return fields;', 'if (from >= 0) return fields;']],
    focus: ['upgrade', 'offline'],
    seedsMax: 20,
  },
  {
    name: 'retries without a wait',
    kind: 'progress',
    file: `${SYNC}/retry.ts`,
    edits: [
      ['const drawn = full / 2', 'const drawn = full / 1000 / 2'],
      ["(env.random('retry') * full) / 2", "(env.random('retry') * full) / 2000"],
    ],
    seedsMax: 100,
  },
  {
    name: 'signed out by an error of the server',
    kind: 'progress',
    file: `${SYNC}/calls.ts`,
    edits: [['if (status === 401 || code ===', 'if (status === 401 || status === 503 || code ===']],
    seedsMax: 20,
  },
  {
    name: 'parked for an overloaded server',
    kind: 'progress',
    file: `${SYNC}/calls.ts`,
    edits: [['[403, 408, 409, 425, 429].includes(status)', '[408, 409, 425].includes(status)']],
    focus: ['unavailable'],
    seedsMax: 20,
  },
];
