import { isJsonObject } from '@tidemark/protocol';
import ts from 'typescript';
import { type Finding, isCode, isShipped, type Rule, type SourceText } from './rule.ts';
import { lineOf, parse, visit } from './syntax.ts';

const KEBAB = /^[a-z0-9]+(-[a-z0-9]+)*(\.[a-z0-9]+(-[a-z0-9]+)*)*$/;
const DOC = /^[A-Z]+(-[A-Z]+)*\.md$|^LICENSE$/;
const FOLDERS = /(^|\/)(shared|utils?|common|types|helpers?|managers?|misc|lib)\//;
const DEFAULT_EXPORT = /(^|\/)(vite|vitest)\.config\.ts$/;

const at = (file: SourceText, message: string, line = 1): Finding => ({ path: file.path, line, message });

const nameFindings = (file: SourceText): readonly Finding[] => {
  const name = file.path.split('/').at(-1) ?? '';
  const folder = FOLDERS.exec(file.path)?.[2];
  return [
    ...(KEBAB.test(name) || DOC.test(name) || name.startsWith('.') ? [] : [at(file, `${name}: file names are kebab-case`)]),
    ...(folder === undefined ? [] : [at(file, `a folder named ${folder} says nothing; name it after the concept`)]),
  ];
};

const exportFindings = (file: SourceText): readonly Finding[] => {
  const found: Finding[] = [];
  visit(parse(file), (node) => {
    const star = ts.isExportDeclaration(node) && (node.exportClause === undefined || ts.isNamespaceExport(node.exportClause));
    if (star) found.push(at(file, '`export *` hides what is exported; name each', lineOf(node)));
    const byDefault = ts.isExportAssignment(node) || (node.kind === ts.SyntaxKind.DefaultKeyword && !ts.isDefaultClause(node.parent));
    if (byDefault && !DEFAULT_EXPORT.test(file.path)) found.push(at(file, 'a default export; export by name', lineOf(node)));
  });
  return found;
};

const EXACT = /^\d+\.\d+\.\d+(-[\w.]+)?$/;

const versionFindings = (file: SourceText): readonly Finding[] => {
  const parsed: unknown = JSON.parse(file.text);
  if (!isJsonObject(parsed)) return [];
  const entries = ['dependencies', 'devDependencies', 'optionalDependencies'].flatMap((key) => {
    const part = parsed[key];
    return isJsonObject(part) ? Object.entries(part) : [];
  });
  return entries.flatMap(([name, version]) => {
    const line = file.text.split('\n').findIndex((text) => text.includes(`"${name}":`)) + 1;
    return typeof version === 'string' && EXACT.test(version) ? [] : [at(file, `${name} ${String(version)}: pin the exact version`, line)];
  });
};

/** Names that tell, exports that are listed, versions that are pinned. */
export const nameRule: Rule = {
  name: 'names, exports and versions are plain',
  check: (files) =>
    files.flatMap((file) => [
      ...nameFindings(file),
      ...(isCode(file.path) && isShipped(file.path) ? exportFindings(file) : []),
      ...(file.path.endsWith('package.json') ? versionFindings(file) : []),
    ]),
};
