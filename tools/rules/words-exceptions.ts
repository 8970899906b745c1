/** Where a banned word is somebody else's name: an app's wire, a library, a platform. */
export interface WordException {
  /** As in BANNED_WORDS. */
  readonly word: string;
  /** A file, or a folder with a slash at the end. */
  readonly path: string;
  readonly reason: string;
}

export const WORD_EXCEPTIONS: readonly WordException[] = [
  { word: 'checkpoint', path: 'packages/storage/src/sqlite/', reason: "SQLite's own name for moving its WAL into the file" },
  { word: 'checkpoint', path: 'docs/OPERATIONS.md', reason: "SQLite's own name for moving its WAL into the file" },
  { word: 'document', path: 'packages/client/src/platform/', reason: 'the DOM global' },
  { word: 'realm', path: 'packages/protocol/src/json-fault.ts', reason: "JavaScript's own name for a global environment" },
  { word: 'collision', path: 'packages/protocol/src/digest.test.ts', reason: 'two texts of one hash' },
  { word: 'collision', path: 'packages/engine/src/hash.ts', reason: 'two texts of one hash' },
  { word: 'delta', path: 'packages/protocol/src/query/run-query.test.ts', reason: 'a word to search for' },
  { word: 'operation', path: 'packages/server/src/rest/openapi.ts', reason: "OpenAPI's own name of a member, operationId" },
  { word: 'operation', path: 'packages/server/src/rest/docs-page.ts', reason: "OpenAPI's own name of a member, operationId" },
  {
    word: 'entity',
    path: 'packages/apps/src/repertoire/client/',
    reason: 'a name that the plan of this app fixes: enqueue(entityType, entityId)',
  },
  { word: 'offline queue', path: 'packages/apps/src/repertoire/', reason: 'a name that the plan of this app fixes: OfflineQueue' },
  { word: 'sync queue', path: 'packages/apps/src/repertoire/', reason: 'a name that the plan of this app fixes: SyncQueueItem' },
  { word: 'operation', path: 'packages/apps/src/repertoire/', reason: "a member's name on the wire of phones that are there already" },
];
