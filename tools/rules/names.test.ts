import { expect, test } from 'vitest';
import { nameRule } from './names.ts';

const messages = (path: string, text = '') => nameRule.check([{ path, text }]).map((finding) => finding.message);

test.each([
  ['packages/a/src/myFile.ts', ''],
  ['packages/a/src/utils/a.ts', ''],
  ['packages/a/src/index.ts', "export * from './a.ts';"],
  ['packages/a/src/index.ts', 'export default 1;'],
  ['packages/a/package.json', '{ "dependencies": { "zod": "^4.6.7" } }'],
])('refuses %s %s', (path, text) => {
  expect(messages(path, text)).toHaveLength(1);
});

test.each([
  ['packages/a/src/my-file.test.ts', ''],
  ['docs/MERGE-RULES.md', ''],
  ['docs/decisions/0001-compare-and-append.md', ''],
  ['packages/a/src/index.ts', "export { a, type B } from './a.ts';"],
  ['packages/a/package.json', '{ "dependencies": { "zod": "4.6.7" } }'],
])('allows %s %s', (path, text) => {
  expect(messages(path, text)).toEqual([]);
});
