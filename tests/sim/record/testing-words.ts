/** The prose of docs/TESTING.md; all figures come from records. */
export const COVERED = `The simulator plays whole worlds: one or two server processes over one storage, one or two people with up
to six devices, each with one or two
tabs. It runs the real engine, the real HTTP surface and the real client; only clocks, randomness, network, disks and storage
failures are its own. A seed decides
everything, so a run can be played again step by step:

- \`npm run sim -- --seed 42\` plays one seed twice and compares the traces; a failure is shrunk and drawn as a sequence chart.
- \`npm run sim -- --runs 1000\` or \`--minutes 30\` plays many, in two processes; \`--all\` wants every situation met.
- \`npm run sim -- --minutes 120 --record FILE\` appends a line for each batch of seeds, and goes on where the file ends.
- \`npm run sim -- replay tests/sim/regressions/FILE\` plays a failure that was found once.
- \`npm run sim -- planted\` plants each known bug and counts the seeds until it is found.`;

export const PROCESSES = `Beside the simulator, on real files, sockets and processes: \`npx vitest run --project process\`. With
\`TIDEMARK_SWEEP=all\` the first four visit every point there is; \`TIDEMARK_KILL_CYCLES=5000\` kills so often, \`TIDEMARK_FUZZ=20000\`
sends so much to each route.`;

/** What is done, the test that does it (in tests/process, or tests/fuzz), and what must hold afterwards. */
export const PROCESS_TESTS: readonly (readonly [what: string, test: string, holds: string])[] = [
  [
    'a server on SQLite is killed at its 1st, 2nd, 3rd … write, truncate, unlink or sync',
    'crash-sweep',
    'file, chain and digests are sound; what was acknowledged is there once, all else whole or absent',
  ],
  ['these calls fail with EIO or ENOSPC, once or from then on', 'crash-sweep', 'the same; the server refuses, or ends with a sentence'],
  [
    'power loss after any of these calls: what was not synced is lost, torn or out of order',
    'power-loss',
    'the same; a server that does not sync is found out',
  ],
  [
    'pushes and their answers are cut after any byte',
    'cut-every-byte',
    'stored whole or not at all, and once; stored before the first byte of an answer',
  ],
  ['real clients behind a proxy that cuts, stalls and half closes; their server is killed', 'cut-connections', 'all equal, nothing lost'],
  ['kill -9 at any moment under three writers', 'kill-9', 'what was acknowledged is there once'],
  [
    'a backup under load is restored under its clients',
    'backup, restore, cut-connections',
    'it is sound; the clients bring back what the server lost',
  ],
  [
    'every route of every app: from its schema and almost right, with its parameters and headers',
    'http',
    'no 5xx, bounded time and memory, and the checker passes; a route without a schema fails',
  ],
  ['every route of accounts, its forms too', 'accounts', 'the same'],
  ['every route of the whole server: spoilt bytes, hostile headers', 'whole', 'the same'],
  ['what is no request, or is cut into odd chunks and lengths', 'raw', 'the same'],
  [
    'export files with spoilt lines under a seal that fits',
    'import',
    'imported whole or refused; what was taken in can be read, edited and exported',
  ],
];

export const INVARIANTS = `By an oracle that looks at stores, wires and appends only, with merge rules and canonical JSON of its
own (\`tests/sim/oracle\`):

- **I1, I2** what was answered has a receipt; each mutation stands in the log once and always gets the same verdict.
- **I3** nothing is invented, and nothing that waits is changed; what was acknowledged is offered again with where it stood.
- **I4, I5, I11** the log is gap-free; a client's mutations stand in the order in which they were made, and after what they had seen;
  a pull goes on without a reset only from a position of this very log.
- **I6, I19, I20** at rest all replicas equal the server, digests agree, and the server's state follows from its log; a fresh
  device shows the same.
- **I7** every local write is in the log, refused and parked, discarded by a person, or was lost by a named injected loss of its
  last copy.
- **I8 and the model** every change of a record is predicted from its mutation by a second implementation of the merge rules; a
  dropped value has a conflict.
- **I9, I10** a tab sees its own writes; no record goes back.
- **I12, I13** nothing of another user, and nothing of an erased space, is ever seen again.
- **I14, I15, I18** a healed world comes to rest in 120 virtual seconds (1,200 where a mutation is poisoned) and the time that two
  walks through all changes take page by page; requests are bounded; nothing is parked without a cause.
- **I16** groups stand whole. **I17** nobody is signed out without a reason.`;

export const NOT_COVERED = `- Real Safari, real phones, and browsers other than Chromium.
- Real AWS; PostgreSQL and DynamoDB are not in the simulator, only memory and SQLite are. SQLite is on real files with
  synchronous=FULL, but those lie in memory where the machine has /dev/shm: what a power loss leaves of a disk is the process tests' part.
- A server restored from a backup that is older than the space itself: its clients stop with WRONG_SPACE and keep their outbox.
- A journal that a wrong wall clock has made too old (more than seven days) is not offered to a restored server.
- Read your writes (I9) is not checked on a device that was restored, cloned or lost power: numbers that its copy has used may hide an
  edit there until the next push has found out (docs/PROTOCOL.md, "Order"). What such a device writes is still followed by I7.
- The model (I8) predicts nothing more in a run once its server was restored: what is healed is merged by where it stood in the lost
  log, which the model does not have. What comes of it must still be equal everywhere (I6, I20) and lose nothing (I7).
- An import with a line that zod itself fails on, such as \`"mutationId":{"length":{"toString":null}}\`: it is answered 500 and stores
  nothing; \`tests/fuzz/import.test.ts\` leaves it out until that is mended.
- The simulator shares what we misunderstand; hence the model of its own, the planted bugs, and the tests with real processes.`;
