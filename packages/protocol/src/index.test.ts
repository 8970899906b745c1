import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { expect, test } from 'vitest';
import * as protocol from './index.ts';

test('the main export stays free of zod and small, for it goes into every browser', async () => {
  const result = await build({
    entryPoints: [fileURLToPath(new URL('./index.ts', import.meta.url))],
    bundle: true,
    minify: true,
    write: false,
    metafile: true,
    format: 'esm',
    conditions: ['@tidemark/source'],
    logLevel: 'silent',
  });
  expect(Object.keys(result.metafile.inputs).filter((path) => path.includes('node_modules'))).toEqual([]);
  expect(result.outputFiles[0]?.contents.length).toBeLessThan(40_000);
});

/** Whoever adds one adds to what every app may lean on. */
const EXPORTS = `
CONFLICTS ERRORS GROUP_MUTATIONS_MAX LIMITS PROTOCOL_VERSION PROTOCOL_VERSION_MIN SEQ_FIELD WHOLE_RECORD
addHash arePlainFields canonicalJson canonicalJsonAtAnyDepth checkId checkJson collectionsKey compareIndexValues
compareStrings compositeId counter decodeBase64Url decodeCursor defineApp defineCollection digestText
elapsedTime encodeCursor faultText hashText intervals isJsonObject isOptional jsonEqual jsonFault last list
map matchesSearch max min mutationContent newest newestBy normalizeIntervals ok once orderBetween
printCanonical printedFields quoteJson readMember recordHash refuse review runQuery searchWords set statusOf
subtractHash takenAsIs text toIndexValue upcastConflict upcastConflictValue upcastFields utf8Length validateFields
whereTest
`;

test('the exports are these', () => {
  expect(Object.keys(protocol).sort()).toEqual(EXPORTS.trim().split(/\s+/));
});
