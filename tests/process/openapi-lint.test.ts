import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { freshFolder, serve } from './platform/tidemark-process.ts';

const REDOCLY = createRequire(import.meta.url).resolve('@redocly/cli/bin/cli.js');
/** It is to ask nobody for a newer version of itself, and to tell nobody that it ran. */
const OFFLINE = { REDOCLY_TELEMETRY: 'off', REDOCLY_SUPPRESS_UPDATE_NOTICE: 'true' };

test('the OpenAPI files pass the recommended rules of redocly', { timeout: 120_000 }, async () => {
  const folder = await freshFolder();
  const { url } = await serve(['--data', folder]);
  const files = ['task-tracker.json', 'time-tracker.json', 'repertoire.json'];
  for (const file of files) {
    const answer = await fetch(`${url}/apps/${file.replace('.json', '')}/openapi.json`);
    await writeFile(join(folder, file), await answer.text());
  }
  const lint = spawn(process.execPath, [REDOCLY, 'lint', '--extends=recommended', ...files], {
    cwd: folder,
    env: { ...process.env, ...OFFLINE },
  });
  let output = '';
  for (const stream of [lint.stdout, lint.stderr]) {
    stream.setEncoding('utf8').on('data', (text: string) => {
      output += text;
    });
  }
  const [code] = await once(lint, 'close');
  expect(output).not.toMatch(/\d+ (error|warning)/);
  expect(code, output).toBe(0);
});
