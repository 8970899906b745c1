import { describe, expect, test } from 'vitest';
import { leftoverRule } from './leftovers.ts';

const findings = (text: string, path = 'packages/client/src/a.ts') => leftoverRule.check([{ path, text }]);

describe('leftovers', () => {
  test.each([
    '// TODO later',
    '// @ts-ignore',
    '// @ts-expect-error why',
    '// biome-ignore lint: no',
    'const a: any = 1;',
    'const b = a as unknown as string;',
    'try { f(); } catch {}',
    "console.log('x');",
    "test.only('a', () => {});",
    "describe.skip('a', () => {});",
  ])('refuses %s', (text) => {
    expect(findings(text)).toHaveLength(1);
  });

  test.each(['const anyone = 1;', 'try { f(); } catch { /* the file is gone already */ }', 'const a = { b: 1 } as const;', 'list.only();'])(
    'allows %s',
    (text) => {
      expect(findings(text)).toEqual([]);
    },
  );

  test('tests may expect a type error, the command may print', () => {
    expect(findings('// @ts-expect-error a title is text', 'packages/protocol/src/a.test.ts')).toEqual([]);
    expect(findings("console.log('x');", 'packages/cli/src/a.ts')).toEqual([]);
  });
});
