import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { buildSync } from 'esbuild';

const HERE = dirname(fileURLToPath(import.meta.url));
const MODULES = resolve(dirname(createRequire(import.meta.url).resolve('@photostructure/sqlite')), '../../..');

/** What the other process does: opens the file as a storage, stores one change, says so, and stays. */
const PROGRAM = `
import { opened } from ${JSON.stringify(join(HERE, 'test-env.suite.ts'))};
const storage = await opened(process.argv[2]);
const space = { key: 'app/ann', app: 'app', spaceId: 's', epoch: 'e', epochStart: 0, appends: 1, head: 1, hash: 'h1', floor: 0,
  floorHash: '', committedAt: 1, createdAt: 1, digest: {}, erased: [] };
const change = { seq: 1, collection: 'tasks', id: 't', revision: 1, prevSeq: 0, updatedAt: 1, schemaVersion: 1, deleted: false,
  fieldsJson: '{}', mutationId: 'm', clientId: 'c', at: 1, hash: 'h1' };
console.log(await storage.append({ expectedAppends: 0, space, changes: [change], records: [], receipts: [], clients: [] }));
setInterval(() => {}, 60_000);
`;

/** Starts another process that has `file` open as a storage and has stored one change in it. */
export const holdInOtherProcess = async (file: string, folder: string): Promise<ChildProcess> => {
  const source = join(folder, 'holder-source.ts');
  const program = join(folder, 'holder.mjs');
  writeFileSync(source, PROGRAM);
  const banner = `import { createRequire } from 'node:module'; const require = createRequire(${JSON.stringify(join(MODULES, 'x.js'))});`;
  buildSync({
    entryPoints: [source],
    outfile: program,
    bundle: true,
    platform: 'node',
    format: 'esm',
    conditions: ['@tidemark/source'],
    nodePaths: [MODULES],
    alias: { '@photostructure/sqlite': join(MODULES, '@photostructure/sqlite/dist/index.cjs') },
    external: [join(MODULES, '@photostructure/sqlite/dist/index.cjs')],
    banner: { js: banner },
    logLevel: 'silent',
  });
  const child = spawn(process.execPath, [program, file], { stdio: ['ignore', 'pipe', 'inherit'] });
  const [said]: unknown[] = await once(child.stdout, 'data');
  if (String(said).trim() !== 'stored') throw new Error(`The other process said: ${String(said)}`);
  return child;
};
