import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import ts from 'typescript';
import { expect, test } from 'vitest';
import * as z from 'zod';
import { canonicalJson } from '../canonical.ts';
import { PROTOCOL_VERSION } from '../protocol-version.ts';
import * as messages from './index.ts';

/*
 * The wire as hashes. Where this test fails, the wire has changed: if an older client or server can still take part, only
 * mend the table; if not, raise PROTOCOL_VERSION too and say why in its history.
 */

const hash = (text: string): string => createHash('sha256').update(text).digest('hex').slice(0, 16);

/** A request schema as JSON Schema. A custom check has no such form: its message stands for it. */
const printSchema = (schema: z.ZodType): string =>
  canonicalJson(
    JSON.parse(
      JSON.stringify(
        z.toJSONSchema(schema, {
          io: 'input',
          unrepresentable: 'any',
          override: ({ zodSchema, jsonSchema }) => {
            if (zodSchema instanceof z.ZodCustom)
              jsonSchema.description = `custom: ${zodSchema.safeParse(undefined).error?.issues[0]?.message}`;
          },
        }),
      ),
    ),
  );

/** The declarations of a file without comments and layout: the answers are plain types. */
const printTypes = (file: string): string => {
  const source = ts.createSourceFile(file, readFileSync(new URL(file, import.meta.url), 'utf8'), ts.ScriptTarget.ESNext, true);
  const printer = ts.createPrinter({ removeComments: true });
  return source.statements
    .filter((statement) => ts.isInterfaceDeclaration(statement) || ts.isTypeAliasDeclaration(statement))
    .map((statement) => printer.printNode(ts.EmitHint.Unspecified, statement, source).replace(/\s+/g, ' '))
    .join('\n');
};

const schemas = Object.entries(messages).flatMap(([name, value]) => (value instanceof z.ZodType ? [[name, printSchema(value)]] : []));
const types = readdirSync(new URL('.', import.meta.url))
  .filter((file) => /^[a-z-]+\.ts$/.test(file) && file !== 'index.ts')
  .map((file) => [file, printTypes(file)]);

test('the wire is as it was', () => {
  const wire = Object.fromEntries([...schemas, ...types].filter(([, text]) => text !== '').map(([name, text]) => [name, hash(text ?? '')]));
  expect({ protocolVersion: PROTOCOL_VERSION, ...wire }).toMatchInlineSnapshot(`
    {
      "change.ts": "28cfce7aa9583d3e",
      "conflict.ts": "5d1886dc03f5ec24",
      "devices.ts": "30145744a82d3af9",
      "digest.ts": "3bf7847fd2c9c790",
      "history.ts": "39bbcc14c3a3fb9d",
      "live.ts": "d00c582a58e29a03",
      "mutation.ts": "fba47be83afd33da",
      "mutationSchema": "15002886445800c8",
      "protocolVersion": 1,
      "pull.ts": "174c8af07cfcf1d1",
      "pullRequestSchema": "dd426ac0998801fd",
      "push.ts": "cc78517d6304b7e7",
      "pushRequestSchema": "cf0e8c313fbba4ef",
      "pushedMutationSchema": "a1ba4f64f71856d6",
      "renameDeviceSchema": "4387006e6f7566ff",
      "resolveRequestSchema": "6ea33aea6c4e7301",
      "restoreRequestSchema": "f09e694815aaa1d2",
      "session.ts": "6e96187d1fb3e30e",
      "sync.ts": "d5699fd9975748d2",
      "syncRequestSchema": "4a26d00a945d66a5",
      "voidMutationSchema": "d1d7b1cb5eacc121",
    }
  `);
});
