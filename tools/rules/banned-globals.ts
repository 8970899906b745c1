import ts from 'typescript';
import { type Exception, type Finding, isCode, isExcepted, isShipped, isTest, type Rule, type SourceText } from './rule.ts';
import { lineOf, parse, visit } from './syntax.ts';

/** What must come in through Env, and the replacement. */
const BANNED: { readonly [written: string]: string } = {
  'Date.now': 'env.wall()',
  'performance.now': 'env.mono()',
  'Math.random': 'env.random(stream)',
  'crypto.randomUUID': 'env.uuid()',
  'crypto.getRandomValues': 'env.random(stream) or env.uuid()',
  'process.env': 'an option, read by a platform file',
  setTimeout: 'env.setTimer(delayMs, fire)',
  setInterval: 'env.setTimer(delayMs, fire), set again by itself',
  setImmediate: 'env.setTimer(0, fire)',
  fetch: 'env.http(request)',
  indexedDB: 'the ClientStore port',
  localStorage: 'the ClientStore port',
  sessionStorage: 'the ClientStore port',
  navigator: 'env.online() or another member of ClientEnv',
  EventSource: 'env.stream(request)',
  XMLHttpRequest: 'env.http(request)',
};

/** The same by named import. */
const BANNED_IMPORTS: { readonly [module: string]: readonly string[] } = {
  'node:crypto': ['randomUUID', 'randomBytes', 'randomInt', 'getRandomValues', 'randomFillSync'],
  'node:timers': ['setTimeout', 'setInterval', 'setImmediate'],
  'node:timers/promises': ['setTimeout', 'setInterval', 'setImmediate'],
};

/** Files outside a platform folder that may touch the real world. */
const PLATFORM_FILES: readonly Exception[] = [
  { path: 'packages/cli/src/main.ts', reason: 'where the command is put together: it reads the environment once and hands it on' },
];

const isPlatform = (path: string): boolean => /\/platform\/[^/]+\.tsx?$/.test(path);

const declaredNames = (source: ts.SourceFile): ReadonlySet<string> => {
  const names = new Set<string>();
  visit(source, (node) => {
    const declares = ts.isVariableDeclaration(node) || ts.isParameter(node) || ts.isBindingElement(node) || ts.isFunctionDeclaration(node);
    if (declares && node.name !== undefined && ts.isIdentifier(node.name)) names.add(node.name.text);
    if (ts.isImportSpecifier(node)) names.add(node.name.text);
  });
  return names;
};

/** An identifier that stands for a value, not the name of a member, a key or a type. */
const isFreeName = (node: ts.Identifier): boolean => {
  const parent = node.parent;
  if (ts.isPropertyAccessExpression(parent) && parent.name === node) return /^(globalThis|window|self)$/.test(parent.expression.getText());
  if (ts.isMethodSignature(parent) || ts.isPropertySignature(parent) || ts.isTypeReferenceNode(parent)) return false;
  return !((ts.isPropertyAssignment(parent) || ts.isMethodDeclaration(parent) || ts.isPropertyDeclaration(parent)) && parent.name === node);
};

const bannedName = (node: ts.Node, declared: ReadonlySet<string>): string | undefined => {
  if (ts.isPropertyAccessExpression(node)) {
    const written = node.getText().replace(/^(globalThis|window|self)\./, '');
    return written.includes('.') && written in BANNED ? written : undefined;
  }
  if (!ts.isIdentifier(node) || !(node.text in BANNED) || declared.has(node.text)) return undefined;
  return isFreeName(node) ? node.text : undefined;
};

const otherProblem = (node: ts.Node): string | undefined => {
  if (ts.isNewExpression(node) && node.expression.getText() === 'Date' && (node.arguments?.length ?? 0) === 0) {
    return 'new Date() reads the clock; use env.wall()';
  }
  if (!ts.isImportSpecifier(node)) return undefined;
  const declaration = node.parent.parent.parent;
  const module =
    ts.isImportDeclaration(declaration) && ts.isStringLiteral(declaration.moduleSpecifier) ? declaration.moduleSpecifier.text : '';
  const name = (node.propertyName ?? node.name).text;
  return BANNED_IMPORTS[module]?.includes(name) === true ? `${name} of ${module}: take it from Env` : undefined;
};

const findingsOf = (file: SourceText): readonly Finding[] => {
  const source = parse(file);
  const declared = declaredNames(source);
  const found: Finding[] = [];
  visit(source, (node) => {
    const name = bannedName(node, declared);
    const message = name === undefined ? otherProblem(node) : `${name} is not determined by its inputs; use ${BANNED[name]}`;
    if (message !== undefined && (!isTest(file.path) || name === 'Math.random'))
      found.push({ path: file.path, line: lineOf(node), message });
  });
  return found;
};

/** Clock, randomness, timers, network and stores come in through Env; only platform files touch the real ones. */
export const bannedGlobalRule = (exceptions: readonly Exception[] = PLATFORM_FILES): Rule => ({
  name: 'what is not determined by inputs comes in through Env',
  check: (files) =>
    files
      .filter((file) => isCode(file.path) && (isShipped(file.path) || isTest(file.path)))
      .filter((file) => !isPlatform(file.path) && !isExcepted(file.path, exceptions))
      .flatMap(findingsOf),
});
