import type { SyncRequest } from '@tidemark/protocol/messages';
import type { Engine, EngineOptions, SpaceRef } from './engine.ts';
import { listConflicts, resolveConflict } from './serve/conflicts.ts';
import type { Serving } from './serve/context.ts';
import { changeDevice, isRevoked, listDevices } from './serve/devices.ts';
import { digest } from './serve/digest.ts';
import { exportSpace } from './serve/export-space.ts';
import { history, stateAt } from './serve/history.ts';
import { importSpace } from './serve/import-space.ts';
import { compact, erase } from './serve/maintain.ts';
import { position } from './serve/position.ts';
import { pull } from './serve/pull.ts';
import { apply, push } from './serve/push.ts';
import { query } from './serve/query.ts';
import { restore } from './serve/restore.ts';
import { createSightings } from './serve/sightings.ts';
import { snapshot } from './serve/snapshot.ts';
import { verify } from './serve/verify.ts';
import { createEnsureSpace } from './space/ensure-space.ts';
import { startEpoch } from './space/lineage.ts';
import { createSpaceQueues } from './space/space-queue.ts';
import type { Storage } from './storage/storage.ts';

const SPACES_PAGE = 1_000;

async function* listSpaces(storage: Storage, app: string | undefined): AsyncIterable<SpaceRef> {
  let after: string | undefined;
  for (;;) {
    const keys = await storage.listSpaces({
      limit: SPACES_PAGE,
      ...(app === undefined ? {} : { app }),
      ...(after === undefined ? {} : { after }),
    });
    if (keys.length === 0) return;
    for (const key of keys) {
      after = key;
      const space = await storage.readSpace(key);
      if (space) yield { app: space.app, key };
    }
  }
}

const pointReads = (storage: Storage): Pick<Engine, 'change' | 'receipt' | 'get'> => ({
  change: async (space, seq) => {
    const row = await storage.readLogRow(space.key, seq);
    return row?.fieldsJson === null ? undefined : row;
  },
  receipt: async (space, mutationId) => {
    const { receipts } = await storage.load(space.key, { records: [], receipts: [mutationId], clients: [] });
    return receipts[0];
  },
  get: async (space, collection, id) => {
    const { records } = await storage.load(space.key, { records: [{ collection, id }], receipts: [], clients: [] });
    return records[0];
  },
});

/** Puts an engine together from a storage, the apps it serves and an Env. It starts nothing and opens nothing by itself. */
export const createEngine = (options: EngineOptions): Engine => {
  const { storage, env } = options;
  const apps = new Map(options.apps.map((app) => [app.name, app]));
  const ensureSpace = createEnsureSpace(storage, env);
  const queues = createSpaceQueues({ storage, env, apps, onCommit: options.onCommit, pokes: options.pokes });
  const serving: Serving = { storage, env, apps, queues, ensureSpace };
  const sightings = createSightings(storage, env);
  const pullPage: Engine['pull'] = (space, request) => pull(serving, sightings, space, request);

  const sync: Engine['sync'] = async (space, request: SyncRequest) => {
    const { clientVersion, limit, collections, ...pushed } = request;
    const push1 = await push(serving, space, pushed);
    if (!push1.ok) return push1;
    const { clientId, spaceId, cursor } = request;
    const pulled = await pullPage(space, {
      clientId,
      ...(spaceId === undefined ? {} : { spaceId }),
      ...(cursor === undefined ? {} : { cursor }),
      ...(clientVersion === undefined ? {} : { clientVersion }),
      ...(limit === undefined ? {} : { limit }),
      ...(collections === undefined ? {} : { collections }),
    });
    return pulled.ok ? { ok: true, value: { push: push1.value, pull: pulled.value } } : pulled;
  };

  return {
    apps,
    push: (space, request, more) => push(serving, space, request, more?.dryRun),
    apply: (space, application, more) => apply(serving, space, application, more?.dryRun),
    pull: pullPage,
    position: (space, at, collections) => position(serving, space, at, collections),
    sync,
    subscribe: (space, poke) => queues.subscribe(space.key, poke),
    session: async (space) => {
      const { spaceId, epoch, head: latestVersion } = await ensureSpace(space);
      return { ok: true, value: { spaceId, epoch, latestVersion, serverTime: env.wall() } };
    },
    conflicts: (space, page) => listConflicts(serving, space, page),
    resolve: (space, conflictId, request, clientId) => resolveConflict(serving, space, conflictId, request, clientId ?? '$http'),
    history: (space, of) => history(serving, space, of),
    stateAt: (space, at) => stateAt(serving, space, at),
    exportSpace: (space, of) => exportSpace(serving, space, of),
    importSpace: (space, whole, importId, more) => importSpace(serving, space, whole, importId, more?.dryRun),
    snapshot: (space) => snapshot(serving, space),
    restore: (space, request) => restore(serving, space, request),
    digest: (space) => digest(serving, space),
    verify: (space, onProgress) => verify(serving, space, onProgress),
    devices: (space) => listDevices(serving, space),
    renameDevice: (space, clientId, name) => changeDevice(serving, space, clientId, { name }),
    revokeDevice: async (space, clientId) => {
      const changed = await changeDevice(serving, space, clientId, { revoked: true });
      queues.poke(space.key);
      return changed;
    },
    isRevoked: (space, clientId) => isRevoked(serving, space, clientId),
    query: (space, collection, asked, options) => query(serving, space, collection, asked, options),
    ...pointReads(storage),
    compact: (space, floor) => compact(serving, space, floor),
    erase: (space) => erase(serving, space),
    startEpoch: async (space) => ({ ok: true, value: { epoch: (await startEpoch(serving, await ensureSpace(space))).epoch } }),
    listSpaces: (app) => listSpaces(storage, app),
    close: () => queues.close(),
  };
};
