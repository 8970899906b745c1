import { join } from 'node:path';
import { createEngine } from '@tidemark/engine';
import type { Result } from '@tidemark/protocol';
import * as server from '@tidemark/server';
import { openSqliteStorage } from '@tidemark/storage/sqlite';
import { app } from './notes.ts';

const orThrow = <T>(result: Result<T>): T => {
  if (!result.ok) throw new Error(result.error.message);
  return result.value;
};

/** Serves the notes at http://localhost:PORT/apps/notes, with development tokens, from a folder that exists. */
export const serveNotes = async (folder: string, port: number) => {
  const env = server.createNodeEnv();
  const key = orThrow(await server.openDevelopmentKey(folder));
  const identity = orThrow(server.createDevelopmentIdentity({ key, env, nodeEnv: 'development' }));
  const storage = orThrow(await openSqliteStorage({ file: join(folder, 'notes.db'), env, apps: [app] }));
  const metrics = server.createMetrics();
  const engine = createEngine({ storage, apps: [app], env, onCommit: metrics.onCommit });
  const mounts = [{ app, path: '/apps/notes' }];
  const running = await server.createServer({ engine, identity, env, logger: server.createLogger({ level: 'warn' }), metrics, mounts });
  const listening = await running.listen(port);
  const token = orThrow(await server.issueDevelopmentToken(key, { app: app.name, user: 'demo' }, env));
  const close = async () => {
    await running.close();
    await storage.close();
  };
  return { port: listening.port, token, close };
};
