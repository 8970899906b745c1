import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { SourceText } from './rule.ts';

export const repositoryRoot = fileURLToPath(new URL('../../', import.meta.url));

const SKIPPED_FOLDERS = new Set(['node_modules', 'dist', 'data', '.git', '.stamp', 'coverage', 'test-results']);
const READ = /\.(tsx?|js|mjs|json|md|css|html|yml|yaml|sh)$|(^|\/)(LICENSE|\.npmrc|\.gitignore|run)$/;

const walk = (folder: string): string[] =>
  readdirSync(join(repositoryRoot, folder), { withFileTypes: true }).flatMap((entry) => {
    const path = folder === '' ? entry.name : `${folder}/${entry.name}`;
    if (entry.isDirectory()) return SKIPPED_FOLDERS.has(entry.name) ? [] : walk(path);
    return entry.isFile() && READ.test(path) ? [path] : [];
  });

/** Every text file that people write, read from disk (also those that are not committed yet). */
export const readRepository = (): readonly SourceText[] =>
  walk('')
    .sort()
    .map((path) => ({ path, text: readFileSync(join(repositoryRoot, path), 'utf8') }));
