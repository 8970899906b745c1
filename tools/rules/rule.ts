/** One text file of the repository. `path` is relative to its root, with slashes. */
export interface SourceText {
  readonly path: string;
  readonly text: string;
}

/** A broken rule. `message` names the replacement. `line` counts from 1. */
export interface Finding {
  readonly path: string;
  readonly line: number;
  readonly message: string;
}

/** A house rule: a pure function of the files. */
export interface Rule {
  readonly name: string;
  check(files: readonly SourceText[]): readonly Finding[];
}

/** A file that may break a rule. The reason is read by people; an entry without need is itself a finding where a rule can tell. */
export interface Exception {
  readonly path: string;
  readonly reason: string;
}

/** As editors and terminals make it clickable: `path:line  message`. */
export const printFinding = (finding: Finding): string => `${finding.path}:${finding.line}  ${finding.message}`;

export const isTest = (path: string): boolean => /\.(test|suite)\.tsx?$/.test(path) || path.startsWith('tests/');

/** Where code that ships lives. */
export const isShipped = (path: string): boolean => /^(packages\/[^/]+|console|extension|deploy)\/src\//.test(path) && !isTest(path);

export const isTypeScript = (path: string): boolean => /\.tsx?$/.test(path);

export const isCode = (path: string): boolean => /\.(tsx?|js|mjs)$/.test(path);

/** Says whether `path` is one of the exceptions; an exception may end in `/` for a whole folder. */
export const isExcepted = (path: string, exceptions: readonly Exception[]): boolean =>
  exceptions.some((exception) => (exception.path.endsWith('/') ? path.startsWith(exception.path) : path === exception.path));
