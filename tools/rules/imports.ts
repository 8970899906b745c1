import { posix } from 'node:path';
import { isJsonObject } from '@tidemark/protocol';
import { type PackageRow, packageOfImport, packageOfPath } from './package-table.ts';
import { type Finding, isShipped, isTest, isTypeScript, type Rule, type SourceText } from './rule.ts';
import { type ImportOf, importsOf, parse } from './syntax.ts';

/** `@scope/name/sub` → `@scope/name`; `name/sub` → `name`. */
const packageName = (from: string): string =>
  from
    .split('/')
    .slice(0, from.startsWith('@') ? 2 : 1)
    .join('/');

const declaredIn = (packageJson: string | undefined): ReadonlySet<string> => {
  const parsed: unknown = JSON.parse(packageJson ?? '{}');
  const names = (key: string): string[] => {
    const part = isJsonObject(parsed) ? parsed[key] : undefined;
    return isJsonObject(part) ? Object.keys(part) : [];
  };
  return new Set([...names('dependencies'), ...names('peerDependencies'), ...names('optionalDependencies')]);
};

/** The suite that storages are proved with is part of the engine's product, and built. */
const isConformance = (path: string): boolean => path.startsWith('packages/engine/src/conformance/');

/** Where every test that counts something for docs/TESTING.md notes it, those of packages too. */
const RECORD = 'tests/process/platform/record.ts';

const relativeProblem = (path: string, from: string): string | undefined => {
  const target = posix.normalize(posix.join(posix.dirname(path), from));
  const home = packageOfPath(path);
  if (target === RECORD && isTest(path)) return undefined;
  if (home !== undefined && !target.startsWith(`${home.folder}/`))
    return `leaves its package; import the package by its name instead of ${from}`;
  if (home === undefined && packageOfPath(target) !== undefined) return `reaches into a package; import it by its name instead of ${from}`;
  if (isShipped(path) && isTest(target) && !isConformance(path))
    return `${from} is not built, so shipped code must not import it; rename it`;
  return /\.[a-z]+$/.test(from) ? undefined : `write the extension: ${from}.ts`;
};

const armProblem = (home: PackageRow, target: PackageRow, from: string): string | undefined => {
  const arms = new Set([home.arm, target.arm]);
  if (arms.has('browser') && arms.has('server')) return `the ${home.arm} arm must not import the ${target.arm} arm (${target.name})`;
  return home.name === target.name || home.imports.includes(target.name) || home.imports.includes(from)
    ? undefined
    : `${home.name} may import ${home.imports.join(', ') || 'nothing of ours'}, not ${target.name} (docs/ARCHITECTURE.md)`;
};

const isVitestAllowed = (path: string): boolean => isTest(path) || isConformance(path);

const bareProblem = (path: string, from: string, declared: ReadonlySet<string>): string | undefined => {
  const home = packageOfPath(path);
  if (home === undefined || !isShipped(path)) return undefined;
  if (from === 'vitest' || from.startsWith('@fast-check/')) {
    return isVitestAllowed(path) ? undefined : `shipped code must not import ${from}; move it to a *.suite.ts or *.test.ts`;
  }
  if (isVitestAllowed(path) && from === 'fast-check') return undefined;
  if (from.startsWith('node:'))
    return home.arm === 'server' ? undefined : `${home.name} runs in browsers; take it from Env instead of ${from}`;
  const target = packageOfImport(from);
  const problem = target === undefined ? undefined : armProblem(home, target, from);
  if (problem !== undefined || target?.name === home.name) return problem;
  return declared.has(packageName(from)) ? undefined : `declare ${packageName(from)} in ${home.folder}/package.json`;
};

const findingsOf = (file: SourceText, imports: readonly ImportOf[], declared: ReadonlySet<string>): readonly Finding[] =>
  imports.flatMap(({ from, line }) => {
    const message = from.startsWith('.') ? relativeProblem(file.path, from) : bareProblem(file.path, from, declared);
    return message === undefined ? [] : [{ path: file.path, line, message }];
  });

/** Who may import whom: the table of docs/ARCHITECTURE.md, checked for every import. */
export const importRule: Rule = {
  name: 'imports follow the table of packages',
  check: (files) => {
    const textOf = new Map(files.map((file) => [file.path, file.text]));
    return files
      .filter((file) => isTypeScript(file.path))
      .flatMap((file) => {
        const home = packageOfPath(file.path);
        const declared = declaredIn(home === undefined ? undefined : textOf.get(`${home.folder}/package.json`));
        return findingsOf(file, importsOf(parse(file)), declared);
      });
  },
};
