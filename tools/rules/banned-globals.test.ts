import { describe, expect, test } from 'vitest';
import { bannedGlobalRule } from './banned-globals.ts';

const findings = (text: string, path = 'packages/client/src/a.ts') => bannedGlobalRule([]).check([{ path, text }]);

describe('banned globals', () => {
  test.each([
    'const now = Date.now();',
    'const now = new Date();',
    'const x = Math.random();',
    'const id = globalThis.crypto.randomUUID();',
    'setTimeout(() => {}, 5);',
    "await fetch('/');",
    'if (navigator.onLine) go();',
    'const port = process.env.PORT;',
    "window.localStorage.setItem('a', 'b');",
    "import { randomUUID as id } from 'node:crypto';",
  ])('refuses %s', (text) => {
    expect(findings(text)).toHaveLength(1);
  });

  test.each([
    'const then = new Date(0);',
    'app.fetch(request);',
    'const make = (setTimeout: () => void) => setTimeout();',
    'const names = { fetch: 1 };',
    '// Date.now() would decide order here',
    "const text = 'setTimeout';",
  ])('allows %s', (text) => {
    expect(findings(text)).toEqual([]);
  });

  test('platform files may, tests may except for randomness without a seed', () => {
    expect(findings('Date.now();', 'packages/client/src/platform/browser-env.ts')).toEqual([]);
    expect(findings('Date.now();', 'packages/client/src/a.test.ts')).toEqual([]);
    expect(findings('Math.random();', 'packages/client/src/a.test.ts')).toHaveLength(1);
  });

  test('names the replacement', () => {
    expect(findings('Date.now();')[0]?.message).toContain('env.wall()');
  });
});
