import ts from 'typescript';
import type { SourceText } from './rule.ts';

const parsed = new WeakMap<SourceText, ts.SourceFile>();

const scriptKind = (path: string): ts.ScriptKind =>
  path.endsWith('x') ? ts.ScriptKind.TSX : path.endsWith('.ts') ? ts.ScriptKind.TS : ts.ScriptKind.JS;

/** Parses without types: rules look at the shape of the code only. Each file is parsed once for all rules. */
export const parse = (file: SourceText): ts.SourceFile => {
  const source = parsed.get(file) ?? ts.createSourceFile(file.path, file.text, ts.ScriptTarget.ESNext, true, scriptKind(file.path));
  parsed.set(file, source);
  return source;
};

/** Calls `look` for every node, parents first. */
export const visit = (node: ts.Node, look: (node: ts.Node) => void): void => {
  look(node);
  ts.forEachChild(node, (child) => visit(child, look));
};

/** Line of a position, from 1. */
export const lineAt = (source: ts.SourceFile, position: number): number => source.getLineAndCharacterOfPosition(position).line + 1;

export const lineOf = (node: ts.Node): number => lineAt(node.getSourceFile(), node.getStart());

/** One import or re-export, static or dynamic. */
export interface ImportOf {
  readonly from: string;
  readonly line: number;
  /** `import type` and `export type … from` leave nothing behind at run time; `import { type A }` does. */
  readonly typeOnly: boolean;
}

const declaredImport = (node: ts.Node): { from: ts.Expression; typeOnly: boolean } | undefined => {
  if (ts.isImportDeclaration(node)) {
    return { from: node.moduleSpecifier, typeOnly: node.importClause?.phaseModifier === ts.SyntaxKind.TypeKeyword };
  }
  if (ts.isExportDeclaration(node) && node.moduleSpecifier !== undefined) return { from: node.moduleSpecifier, typeOnly: node.isTypeOnly };
  const dynamic = ts.isCallExpression(node) && node.expression.kind === ts.SyntaxKind.ImportKeyword ? node.arguments[0] : undefined;
  return dynamic === undefined ? undefined : { from: dynamic, typeOnly: false };
};

/** All imports of a file whose module is a literal. */
export const importsOf = (source: ts.SourceFile): readonly ImportOf[] => {
  const found: ImportOf[] = [];
  visit(source, (node) => {
    const declared = declaredImport(node);
    if (declared !== undefined && ts.isStringLiteralLike(declared.from)) {
      found.push({ from: declared.from.text, line: lineOf(node), typeOnly: declared.typeOnly });
    }
  });
  return found;
};
