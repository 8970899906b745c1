import ts from 'typescript';
import { type Exception, type Finding, isCode, isExcepted, isTest, type Rule, type SourceText } from './rule.ts';
import { lineAt, lineOf, parse, visit } from './syntax.ts';

const SOURCE_LINES_MAX = 300;
/** Even an exception may not be longer. */
const SOURCE_LINES_HARD_MAX = 500;
const SOURCE_LINES_MEDIAN_MAX = 120;
const TEST_LINES_MAX = 800;
const FUNCTION_LINES_MAX = 70;
const LINE_LENGTH_MAX = 140;

/** Files above 300 lines, each with its reason. */
const LONG_FILES: readonly Exception[] = [];

const linesOf = (file: SourceText): readonly string[] => file.text.replace(/\n$/, '').split('\n');

/** Does the function list tests, as the callback of a describe or a suite does? It grows with their number, which is no harm. */
const listsTests = (node: ts.Node): boolean => {
  let found = false;
  visit(node, (inner) => {
    found ||= ts.isCallExpression(inner) && /^(test|it|describe|suite)\b/.test(inner.expression.getText());
  });
  return found;
};

const longFunctions = (file: SourceText): readonly Finding[] => {
  const source = parse(file);
  const found: Finding[] = [];
  visit(source, (node) => {
    if (!ts.isFunctionLike(node) || !('body' in node) || node.body === undefined) return;
    if (isTest(file.path) && listsTests(node)) return;
    const lines = lineAt(source, node.getEnd()) - lineOf(node) + 1;
    if (lines > FUNCTION_LINES_MAX) {
      const message = `a function of ${lines} lines (at most ${FUNCTION_LINES_MAX}); take out a step and name it`;
      found.push({ path: file.path, line: lineOf(node), message });
    }
  });
  return found;
};

const longLines = (file: SourceText): readonly Finding[] =>
  linesOf(file).flatMap((line, index) =>
    line.length > LINE_LENGTH_MAX
      ? [{ path: file.path, line: index + 1, message: `a line of ${line.length} characters (at most ${LINE_LENGTH_MAX}); break it` }]
      : [],
  );

const longFile = (file: SourceText, exceptions: readonly Exception[]): readonly Finding[] => {
  const lines = linesOf(file).length;
  const max = isTest(file.path) ? TEST_LINES_MAX : isExcepted(file.path, exceptions) ? SOURCE_LINES_HARD_MAX : SOURCE_LINES_MAX;
  const message = `${lines} lines (at most ${max}); split it along a concept`;
  return lines > max ? [{ path: file.path, line: max, message }] : [];
};

const median = (numbers: readonly number[]): number => [...numbers].sort((a, b) => a - b)[Math.floor(numbers.length / 2)] ?? 0;

const longMedian = (files: readonly SourceText[]): readonly Finding[] => {
  const middle = median(files.map((file) => linesOf(file).length));
  const message = `half of the source files have ${middle} lines or more (the median stays under ${SOURCE_LINES_MEDIAN_MAX})`;
  return middle >= SOURCE_LINES_MEDIAN_MAX ? [{ path: 'packages', line: 1, message }] : [];
};

/** Small files, small functions, lines that fit. */
export const sizeRule = (exceptions: readonly Exception[] = LONG_FILES): Rule => ({
  name: 'files, functions and lines are small',
  check: (files) => {
    const code = files.filter((file) => isCode(file.path));
    return [
      ...code.flatMap((file) => [...longFile(file, exceptions), ...longFunctions(file), ...longLines(file)]),
      ...longMedian(code.filter((file) => !isTest(file.path))),
    ];
  },
});
