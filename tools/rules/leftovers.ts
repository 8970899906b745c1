import ts from 'typescript';
import { type Finding, isCode, isShipped, isTest, type Rule, type SourceText } from './rule.ts';
import { lineOf, parse, visit } from './syntax.ts';

const OWN_FOLDER = 'tools/rules/';

/** Things that no line of text may hold. */
const TEXT: readonly { readonly pattern: RegExp; readonly message: string; readonly where: (path: string) => boolean }[] = [
  { pattern: /\b(TODO|FIXME|XXX|HACK)\b/, message: 'a leftover; do it now, or write an issue', where: () => true },
  { pattern: /@ts-(ignore|nocheck)\b/, message: 'silences the compiler; mend the type', where: isCode },
  { pattern: /@ts-expect-error\b/, message: 'only tests of types may expect a type error', where: (path) => isCode(path) && !isTest(path) },
  { pattern: /\bbiome-ignore\b/, message: 'silences the linter; mend the code', where: isCode },
  {
    pattern: /\bDESIGN\b|\b(STYLE|STACK|RELIABILITY)(\.md\b| §)/,
    message: 'is not in this repository; point to a page of docs/',
    where: () => true,
  },
  { pattern: /\bissue \d+\b|\bthe brief\b/i, message: 'a reader of the code does not know it; say what is meant', where: isCode },
  { pattern: /^(<{7}|>{7}) /, message: 'a merge conflict of git', where: () => true },
];

const TEST_FUNCTIONS = /^(test|it|describe|suite)(\.[a-zA-Z.]+)*\.(only|skip|todo|fails)$/;

const isAsUnknownAs = (node: ts.Node): boolean => ts.isAsExpression(node) && ts.isAsExpression(node.expression);

const isEmptyCatch = (node: ts.Node): boolean =>
  ts.isCatchClause(node) && node.block.statements.length === 0 && !/\/\/|\/\*/.test(node.block.getText());

const mayPrint = (path: string): boolean => !isShipped(path) || path.startsWith('packages/cli/') || path.includes('/platform/');

const syntaxProblem = (node: ts.Node, path: string): string | undefined => {
  if (node.kind === ts.SyntaxKind.AnyKeyword) return '`any`; use `unknown` and narrow it, or Json';
  if (isAsUnknownAs(node)) return 'a cast through another cast; narrow with a type guard';
  if (isEmptyCatch(node)) return 'an empty catch; handle it, or say in a comment why nothing is to be done';
  if (!ts.isPropertyAccessExpression(node)) return undefined;
  const written = node.getText();
  if (TEST_FUNCTIONS.test(written)) return `${written} leaves tests out; mend or remove the test`;
  return /^console\.(log|debug|info)$/.test(written) && !mayPrint(path)
    ? `${written} in shipped code; log through the logger, or answer a value`
    : undefined;
};

const textFindings = (file: SourceText): readonly Finding[] =>
  file.text.split('\n').flatMap((line, index) =>
    TEXT.filter((rule) => rule.where(file.path) && rule.pattern.test(line)).map(({ pattern, message }) => ({
      path: file.path,
      line: index + 1,
      message: `${pattern.exec(line)?.[0] ?? ''}: ${message}`,
    })),
  );

const syntaxFindings = (file: SourceText): readonly Finding[] => {
  const found: Finding[] = [];
  visit(parse(file), (node) => {
    const message = syntaxProblem(node, file.path);
    if (message !== undefined) found.push({ path: file.path, line: lineOf(node), message });
  });
  return found;
};

/** Nothing half-done, silenced or left from debugging. */
export const leftoverRule: Rule = {
  name: 'no leftovers, no silenced tools, no any',
  check: (files) =>
    files
      .filter((file) => !file.path.startsWith(OWN_FOLDER) && file.path !== 'package-lock.json')
      .flatMap((file) => [...textFindings(file), ...(isCode(file.path) ? syntaxFindings(file) : [])]),
};
