import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { commandsOf } from '../../tools/rules/docs-commands.ts';
import { repositoryRoot } from '../../tools/rules/read-repository.ts';

const tidemark = `"${process.execPath}" "${join(repositoryRoot, 'packages/cli/bin/tidemark.js')}"`;
let folder = '';

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tidemark-rest-'));
});
afterAll(() => rm(folder, { recursive: true, force: true, maxRetries: 5 }));

/** Runs a script by bash and answers its output, a line for each command. */
const runScript = async (script: string): Promise<string> => {
  const child = spawn('bash', ['-euo', 'pipefail', '-c', script], { cwd: folder, stdio: ['ignore', 'pipe', 'inherit'] });
  let output = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    output += text;
  });
  const [code] = await once(child, 'close');
  expect(code, output).toBe(0);
  return output;
};

/** Runs all commands of a page against a server of its own, in their order; answers their output. */
const runPage = async (page: string): Promise<string> => {
  const text = await readFile(join(repositoryRoot, page), 'utf8');
  const serve = spawn('bash', ['-c', `exec ${tidemark} serve --port 0`], { cwd: folder, stdio: ['ignore', 'pipe', 'inherit'] });
  try {
    let origin = '';
    for await (const line of createInterface({ input: serve.stdout })) {
      origin = /ready at (http:\/\/[^:]+:\d+)/.exec(line)?.[1] ?? '';
      if (origin !== '') break;
    }
    serve.stdout.resume();
    const commands = commandsOf({ path: page, text }).map(({ command }) =>
      command.replace('npx tidemark', tidemark).replace('http://localhost:8787', origin),
    );
    return await runScript(commands.map((command) => `${command}\necho`).join('\n'));
  } finally {
    serve.kill('SIGTERM');
    await once(serve, 'exit');
  }
};

test('the commands of docs/REST.md do what it says, in its order', async () => {
  const output = await runPage('docs/REST.md');
  expect(output).not.toContain('"error"');
  for (const part of [
    '"dueDate":"2026-12-01T17:00:00.000Z"',
    '"title":"Buy milk"',
    '"nextCursor":null',
    '"title":"Buy oat milk"',
    '"version":2',
  ]) {
    expect(output).toContain(part);
  }
  expect(output.match(/"succeeded":\["[^\]]+\]/g)).toHaveLength(2);
  const table = await readFile(join(folder, 'tasks.csv'), 'utf8');
  expect(table).toMatch(
    /^taskId,title,description,completed,priority,categoryId,dueDate,createdAt,updatedAt,version\r\n[^\r]*crème brûlée[^\r]*\r\n$/,
  );
});

test('the commands of docs/REPERTOIRE.md do what it says, in its order', async () => {
  const output = await runPage('docs/REPERTOIRE.md');
  expect(output).not.toContain('"error"');
  for (const part of [
    '"uploadedPieces":["3F2504E0-4F89-41D3-9A0C-0305E82C3301"]',
    '"serverPieces":[{"pieceId":"3F2504E0-4F89-41D3-9A0C-0305E82C3301","userId":"ann","title":"Oli Aloha"',
    '"uploadedSessions":["6BA7B810-9DAD-11D1-80B4-00C04FD430C8"]',
  ]) {
    expect(output).toContain(part);
  }
  const file: unknown = JSON.parse(await readFile(join(folder, 'repertoire.json'), 'utf8'));
  expect(file).toMatchObject({ user: { id: 'ann' }, pieces: [{ title: 'Oli Aloha' }], practiceSessions: [{ endedAtSource: 'manual' }] });
});

test('the commands of docs/WEEKDAY.md do what it says, in its order', async () => {
  const output = await runPage('docs/WEEKDAY.md');
  expect(output).not.toContain('"error"');
  const zeros = '"merged":0,"conflict":0,"unchanged":0,"known":0,"deleted":0';
  const said = ['"dryRun":true', `"written":2,${zeros}`, '"restored":', '"id":"balanced"', '"status":"applied"'];
  const found = ['"id":"chicken-breast-with-skin-roasted"', '"nextCursor":"', '"name":"Iron"'];
  for (const part of [...said, ...found, 'swim,06:30,07:15,Swim,']) expect(output).toContain(part);
});

test('the commands of docs/BROWSING.md do what it says, in its order', async () => {
  const output = await runPage('docs/BROWSING.md');
  expect(output).not.toContain('"error"');
  expect(output.match(/"accepted":1,"created":1,"updated":0,"unchanged":0,"rejected":\[\]/gu)).toHaveLength(2);
  for (const part of ['"url":"https://tides.example/almanac"', '"domainDurations":{"tides.example":240000}', '"everything":true']) {
    expect(output).toContain(part);
  }
  expect(output).toMatch(/"visits":1,"activeDuration":240000/u);
});
