import { expect, test } from 'vitest';
import { forbiddenReached } from './bundle-graph.ts';

const tree = (files: { readonly [path: string]: string }) => new Map(Object.entries(files).map(([path, text]) => [path, { path, text }]));

test('finds zod behind another package and names the way', () => {
  const files = tree({
    'packages/client/src/index.ts': "export { push } from './push.ts';",
    'packages/client/src/push.ts': "import { pushRequestSchema } from '@tidemark/protocol/messages';",
    'packages/protocol/src/messages/index.ts': "export { pushRequestSchema } from './push.ts';",
    'packages/protocol/src/messages/push.ts': "import * as z from 'zod';",
  });
  expect(forbiddenReached('packages/client/src/index.ts', files)).toMatchObject([
    { path: 'packages/protocol/src/messages/push.ts', line: 1 },
  ]);
});

test('type imports leave nothing behind, inline type imports do', () => {
  const entry = (text: string) => tree({ 'packages/client/src/index.ts': text });
  expect(forbiddenReached('packages/client/src/index.ts', entry("import type { ZodType } from 'zod';"))).toEqual([]);
  expect(forbiddenReached('packages/client/src/index.ts', entry("import { type ZodType } from 'zod';"))).toHaveLength(1);
});
