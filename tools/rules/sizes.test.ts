import { describe, expect, test } from 'vitest';
import { sizeRule } from './sizes.ts';

const lines = (count: number, line = 'export {};') => `${Array.from({ length: count }, () => line).join('\n')}\n`;
const messages = (path: string, text: string, exceptions: { path: string; reason: string }[] = []) =>
  sizeRule(exceptions)
    .check([{ path, text }, ...Array.from({ length: 3 }, (_, i) => ({ path: `packages/a/src/small-${i}.ts`, text: 'export {};\n' }))])
    .map((finding) => finding.message);

describe('sizes', () => {
  test.each([
    ['a source file of 300 lines', 'packages/a/src/a.ts', lines(300), 0],
    ['a source file of 301 lines', 'packages/a/src/a.ts', lines(301), 1],
    ['a test of 800 lines', 'packages/a/src/a.test.ts', lines(800), 0],
    ['a test of 801 lines', 'packages/a/src/a.test.ts', lines(801), 1],
    ['a function of 70 lines', 'packages/a/src/a.ts', `const f = () => {\n${lines(68, '  f();')}};\n`, 0],
    ['a function of 71 lines', 'packages/a/src/a.ts', `const f = () => {\n${lines(69, '  f();')}};\n`, 1],
    ['a suite of 71 lines', 'packages/a/src/a.suite.ts', `const suite = () => {\n${lines(69, "  test('a', f);")}};\n`, 0],
    ['a line of 141 characters', 'packages/a/src/a.ts', `// ${'x'.repeat(138)}\n`, 1],
  ])('%s', (_what, path, text, findings) => {
    expect(messages(path, text)).toHaveLength(findings);
  });

  test('an exception reaches to 500 lines, not further', () => {
    const exceptions = [{ path: 'packages/a/src/a.ts', reason: 'a test' }];
    expect(messages('packages/a/src/a.ts', lines(500), exceptions)).toEqual([]);
    expect(messages('packages/a/src/a.ts', lines(501), exceptions)).toHaveLength(1);
  });

  test('the median counts', () => {
    const files = [1, 2, 3].map((i) => ({ path: `packages/a/src/${i}.ts`, text: lines(120) }));
    expect(sizeRule([]).check(files)).toMatchObject([{ message: expect.stringContaining('median') }]);
  });
});
