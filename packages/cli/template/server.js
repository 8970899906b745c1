import { cpSync, mkdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { createEngine } from '@tidemark/engine';
import * as tidemark from '@tidemark/server';
import { openSqliteStorage } from '@tidemark/storage/sqlite';
import { build } from 'esbuild';
import { app } from './schema.js';

const here = (path) => fileURLToPath(new URL(path, import.meta.url));
const orThrow = (result) => {
  if (!result.ok) throw new Error(result.error.message);
  return result.value;
};

// The page.
await build({
  entryPoints: [here('page/main.jsx')],
  outdir: here('dist'),
  bundle: true,
  minify: true,
  format: 'esm',
  target: 'es2022',
  jsx: 'automatic',
  define: { 'process.env.NODE_ENV': '"production"' },
  logLevel: 'warning',
});
cpSync(here('page/index.html'), here('dist/index.html'));

// The server: one process, one SQLite file.
mkdirSync(here('data'), { recursive: true });
const env = tidemark.createNodeEnv();
const metrics = tidemark.createMetrics();
const developmentKey = orThrow(await tidemark.openDevelopmentKey(here('data')));
const storage = orThrow(await openSqliteStorage({ file: here('data/tidemark.db'), env, apps: [app] }));
const server = await tidemark.createServer({
  engine: createEngine({ storage, apps: [app], env, onCommit: metrics.onCommit }),
  identity: orThrow(tidemark.createDevelopmentIdentity({ key: developmentKey, env, nodeEnv: 'development' })),
  logger: tidemark.createLogger({ level: 'warn' }),
  mounts: [{ app, path: `/apps/${app.name}` }],
  staticFiles: here('dist'),
  ...{ env, metrics, developmentKey },
});
const { port } = await server.listen(Number(process.env.PORT ?? 8787));
console.log(`${app.name} is ready at http://localhost:${port}`);

const stop = async () => {
  await server.close();
  await storage.close();
};
process.once('SIGINT', stop);
process.once('SIGTERM', stop);
