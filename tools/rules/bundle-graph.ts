import { posix } from 'node:path';
import { packageOfImport } from './package-table.ts';
import type { Finding, Rule, SourceText } from './rule.ts';
import { importsOf, parse } from './syntax.ts';

/** Entries that a browser loads, and what must not be reachable from them. */
const ENTRIES = ['packages/protocol/src/index.ts', 'packages/client/src/index.ts'];
const FORBIDDEN = new Set(['zod', 'react', 'react-dom', 'hono', '@photostructure/sqlite']);

/** The source file behind an import of one of our packages, by the usual layout of its exports. */
const sourceOf = (from: string, paths: ReadonlySet<string>): string | undefined => {
  const target = packageOfImport(from);
  if (target === undefined) return undefined;
  const sub = from.slice(target.name.length + 1);
  const candidates = sub === '' ? ['index.ts'] : [`${sub}/index.ts`, `${sub}.ts`, `store/${sub}-store.ts`];
  return candidates.map((one) => `${target.folder}/src/${one}`).find((path) => paths.has(path));
};

/** Walks the imports that remain at run time and answers each forbidden one with the way to it. */
export const forbiddenReached = (entry: string, files: ReadonlyMap<string, SourceText>): readonly Finding[] => {
  const paths = new Set(files.keys());
  const found: Finding[] = [];
  const seen = new Set<string>();
  const walk = (path: string, way: readonly string[]): void => {
    const file = files.get(path);
    if (file === undefined || seen.has(path)) return;
    seen.add(path);
    for (const { from, line, typeOnly } of importsOf(parse(file))) {
      if (typeOnly) continue;
      const message = `${from} must stay out of the bundle of ${entry}; use "import type" or cut the way ${[...way, path].join(' → ')}`;
      if (FORBIDDEN.has(from)) found.push({ path, line, message });
      const next = from.startsWith('.') ? posix.join(posix.dirname(path), from) : sourceOf(from, paths);
      if (next !== undefined) walk(next, [...way, path]);
    }
  };
  walk(entry, []);
  return found;
};

export const bundleRule: Rule = {
  name: 'zod and server libraries stay out of what browsers load',
  check: (files) => {
    const byPath = new Map(files.map((file) => [file.path, file]));
    return ENTRIES.flatMap((entry) => forbiddenReached(entry, byPath));
  },
};
