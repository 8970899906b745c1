import { expect, test } from 'vitest';
import { commandRule, commandsOf } from './docs-commands.ts';
import { guaranteeRule } from './docs-guarantees.ts';
import { anchorOf, linkRule } from './docs-links.ts';
import { secretRule } from './secrets.ts';

const page = (text: string) => ({ path: 'docs/PAGE.md', text });

test('reads commands from sh blocks only', () => {
  const text = '```sh\n# comment\nnpm start   # opens\nnpx tidemark serve \\\n  --port 0\n```\n```json\n{}\n```\n';
  expect(commandsOf(page(text)).map((one) => one.command)).toEqual(['npm start', 'npx tidemark serve --port 0']);
});

test('refuses a command that nothing proves and a script that does not exist', () => {
  const check = (command: string) => commandRule(new Set(['verify'])).check([page(`\`\`\`sh\n${command}\n\`\`\``)]);
  expect(check('npm run verify')).toEqual([]);
  expect(check('npm run gone')).toMatchObject([{ line: 2 }]);
  expect(check('curl localhost')).toMatchObject([{ line: 2 }]);
});

test('refuses links that lead nowhere', () => {
  const check = (text: string) => linkRule((path) => path === 'README.md' || path === 'docs/PAGE.md').check([page(text)]);
  expect(check('[a](../README.md) [b](https://example.org) [c](#part-one)\n# Part one')).toEqual([]);
  expect(check('[a](GONE.md)')).toHaveLength(1);
  expect(check('[a](#gone)')).toHaveLength(1);
  expect(anchorOf('G1 — Durable: kill -9')).toBe('g1--durable-kill--9');
});

test('finds machine paths and tokens', () => {
  const check = (text: string) => secretRule.check([page(text)]);
  expect(check(['/root', 'x'].join('/'))).toHaveLength(1);
  expect(check('https://example.org/work/item')).toEqual([]);
});

test('wants a test for each guarantee', () => {
  const text = Array.from({ length: 11 }, (_, i) => `## G${i + 1} Name\n\n${i === 3 ? '' : '[a](../a.test.ts)'}\n`).join('\n');
  expect(guaranteeRule.check([{ path: 'docs/CONSISTENCY.md', text }])).toMatchObject([{ message: expect.stringContaining('G4') }]);
});
