import { describe, expect, test } from 'vitest';
import { importRule } from './imports.ts';

const packageJson = (folder: string, dependencies: object) => ({ path: `${folder}/package.json`, text: JSON.stringify({ dependencies }) });
const declared = [
  packageJson('packages/client', { '@tidemark/protocol': '0.1.0', '@tidemark/engine': '0.1.0', idb: '8.0.4' }),
  packageJson('packages/engine', { '@tidemark/protocol': '0.1.0' }),
];
const messages = (path: string, text: string) => importRule.check([...declared, { path, text }]).map((finding) => finding.message);

describe('imports', () => {
  test('allows what the table allows', () => {
    expect(messages('packages/client/src/a.ts', "import { ok } from '@tidemark/protocol';\nimport { openDB } from 'idb';")).toEqual([]);
    expect(messages('packages/engine/src/a.ts', "import { readFile } from 'node:fs/promises';\nimport { b } from './b.ts';")).toEqual([]);
  });

  test.each([
    ['browser arm from server arm', 'packages/client/src/a.ts', "import { createEngine } from '@tidemark/engine';", /arm must not import/],
    ['against the table', 'packages/engine/src/a.ts', "import { migrate } from '@tidemark/storage/sqlite';", /may import/],
    ['undeclared', 'packages/client/src/a.ts', "import * as z from 'zod';", /declare zod/],
    ['across packages by path', 'packages/engine/src/a.ts', "import { ok } from '../../protocol/src/result.ts';", /leaves its package/],
    [
      'into a package from outside',
      'tests/process/a.test.ts',
      "import { ok } from '../../packages/protocol/src/index.ts';",
      /reaches into/,
    ],
    ['without extension', 'packages/engine/src/a.ts', "export { b } from './b';", /write the extension/],
    ['a test from shipped code', 'packages/engine/src/a.ts', "import { b } from './b.suite.ts';", /is not built/],
    ['node in a browser', 'packages/client/src/a.ts', "const fs = await import('node:fs');", /runs in browsers/],
    ['vitest in shipped code', 'packages/engine/src/a.ts', "import { test } from 'vitest';", /shipped code must not/],
  ])('refuses %s', (_what, path, text, message) => {
    expect(messages(path, text)).toEqual([expect.stringMatching(message)]);
  });

  test('tells the sides of an app apart', () => {
    const app = (file: string, from: string) =>
      importRule
        .check([
          packageJson('packages/apps', { '@tidemark/server': '0.1.0', '@tidemark/client': '0.1.0' }),
          { path: `packages/apps/src/demo/${file}`, text: `import { a } from '${from}';` },
        ])
        .map((finding) => finding.message);
    expect(app('routes.ts', '@tidemark/server/rest')).toEqual([]);
    expect(app('routes/export.ts', '@tidemark/server/rest')).toEqual([]);
    expect(app('client.ts', '@tidemark/client')).toEqual([]);
    expect(app('routes.ts', '@tidemark/server')).toEqual([expect.stringMatching(/may import/)]);
    expect(app('routes.ts', '@tidemark/client')).toEqual([expect.stringMatching(/arm must not import/)]);
    expect(app('schema.ts', '@tidemark/server/rest')).toEqual([expect.stringMatching(/may import/)]);
    expect(app('client.ts', '@tidemark/server/rest')).toEqual([expect.stringMatching(/arm must not import/)]);
  });

  test('lets tests of a package, and nothing that ships, note what they count', () => {
    const record = "import { noteRecord } from '../../../tests/process/platform/record.ts';";
    expect(messages('packages/client/src/a.test.ts', record)).toEqual([]);
    expect(messages('packages/client/src/a.ts', record)).toEqual([expect.stringMatching(/leaves its package/)]);
    expect(messages('packages/client/src/a.test.ts', record.replace('record.ts', 'http.ts'))).toEqual([
      expect.stringMatching(/leaves its package/),
    ]);
  });

  test('lets tests of the client run the real engine', () => {
    expect(messages('packages/client/src/a.test.ts', "import { createEngine } from '@tidemark/engine';")).toEqual([]);
    expect(messages('packages/engine/src/conformance/index.ts', "import { test } from 'vitest';")).toEqual([]);
  });
});
