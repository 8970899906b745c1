import { createHash } from 'node:crypto';
import { readdir, readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { JsonObject } from '@tidemark/protocol';
import type { PushAnswer, SessionAnswer } from '@tidemark/protocol/messages';
import { describe, expect, test } from 'vitest';
import { callerOf, success } from './platform/http.ts';
import { freshFolder, serve, tidemark, tokenOf } from './platform/tidemark-process.ts';

const COMMANDS = ['serve', 'token', 'export', 'import', 'migrate', 'backup', 'restore', 'doctor'];
const DEMO = ['--app', 'time-tracker', '--user', 'demo'];

const taskFields = (title: string): JsonObject => ({
  title,
  archived: false,
  tags: ['a'],
  intervals: [{ start: 1, end: 2 }],
  updatedAt: 3,
});

/** A data folder in which the user demo has these tasks. */
const folderWith = async (tasks: { readonly [id: string]: JsonObject }): Promise<string> => {
  const data = await freshFolder();
  const token = await tokenOf(data, 'demo');
  const server = await serve(['--data', data]);
  const mutations = Object.entries(tasks).map(([id, fields], index) => ({
    mutationId: `first-${index}`,
    n: index + 1,
    collection: 'tasks',
    id,
    op: 'put',
    base: 0,
    at: 0,
    fields,
  }));
  const request = { protocolVersion: 1, clientId: 'first', schemaVersion: 1, mutations };
  const answer = success(await callerOf(server.url, token).post<PushAnswer>('/sync/push', request));
  expect(answer.rejected).toEqual([]);
  await server.end('SIGTERM');
  return data;
};

const exportOf = async (data: string): Promise<string[]> => {
  const { code, stdout, stderr } = await tidemark(['export', '--data', data, ...DEMO]);
  expect(stderr).not.toContain('tidemark:');
  expect(code).toBe(0);
  return stdout.trimEnd().split('\n');
};

const sumOf = (lines: readonly string[]): string =>
  createHash('sha256')
    .update(lines.map((line) => `${line}\n`).join(''))
    .digest('hex');

/** An export file of these lines, with the counts and checksums that belong to them. */
const writeExport = async (file: string, [first = '', ...lines]: readonly string[]): Promise<string> => {
  const parts = new Map<string, string[]>();
  for (const line of lines) {
    const part = /"collection":"(\w+)"/u.exec(line)?.[1];
    if (part !== undefined) parts.set(part, [...(parts.get(part) ?? []), line]);
  }
  const counts = JSON.stringify(Object.fromEntries([...parts].map(([part, { length }]) => [part, length])));
  const manifest = first.replace(/"counts":\{[^}]*\}/u, `"counts":${counts}`);
  const sums = Object.fromEntries([...parts].map(([part, own]) => [part, { count: own.length, sha256: sumOf(own) }]));
  const seal = JSON.stringify({ parts: sums, sha256: sumOf([manifest, ...lines]) });
  await writeFile(file, [manifest, ...lines, seal, ''].join('\n'));
  return file;
};

describe('help', () => {
  test.each(COMMANDS)('tidemark %s --help tells its options and an example', async (command) => {
    const { code, stdout } = await tidemark([command, '--help']);
    expect(code).toBe(0);
    expect(stdout).toContain(command === 'migrate' ? '--from <where>' : '--data <folder>');
    expect(stdout).toMatch(/Example:\n {2}.*tidemark/);
  });

  test.each([['key create'], ['key list'], ['key rotate'], ['key revoke'], ['keys rotate']])(
    'tidemark %s --help tells its options',
    async (command) => {
      const { code, stdout } = await tidemark([...command.split(' '), '--help']);
      expect(code).toBe(0);
      expect(stdout).toContain('--data <folder>');
    },
  );

  test('tidemark --help lists every command', async () => {
    const { code, stdout } = await tidemark(['--help']);
    expect(code).toBe(0);
    for (const command of [...COMMANDS, 'apps', 'key', 'keys']) expect(stdout).toMatch(new RegExp(`^ {2}${command} `, 'm'));
  });
});

describe('wrong inputs end with 2 and a sentence', () => {
  test.each<[string[], RegExp]>([
    [[], /Usage: tidemark/],
    [['sevre'], /unknown command 'sevre'\n\(Did you mean serve\?\)/],
    [['serve', '--port', '70000'], /whole number from 0 \(any free port\) to 65535/],
    [['serve', '--storage', 'tape'], /It is sqlite, memory, postgres:\/\/\S+, or dynamodb:\/\//],
    [['serve', '--app', 'nothing'], /There is no app "nothing"\. There are: time-tracker/],
    [['key', 'create', '--name', 'x'], /--email <address>/],
    [['key', 'create', '--email', 'a@b.cc', '--name', 'x', '--scopes', 'all'], /Give read, write, or read,write/],
    [['keys', 'rotate', '--algorithm', 'HS256'], /Allowed choices are EdDSA, RS256/],
    [['serve', '--nothing'], /unknown option '--nothing'/],
    [['token', '--app', 'time-tracker'], /required option '--user <name>' not specified/],
    [['token', ...DEMO, '--days', '-1'], /Give a number of days/],
    [['token', '--app', 'time-tracker', '--user', 'x'.repeat(200)], /1 to 128 printable characters/],
    [['export', ...DEMO], /There is no database at .*tidemark\.db/],
    [['doctor'], /There is no database at .*tidemark\.db/],
    [['backup', 'copy.db'], /There is no database at .*tidemark\.db/],
    [['backup'], /missing required argument 'file'/],
    [['restore', 'nowhere.db'], /There is no file nowhere\.db/],
    [['import', ...DEMO, 'nowhere.jsonl'], /There is no file nowhere\.jsonl/],
    [['serve', '--data', '/dev/null/data'], /\/dev\/null\/data cannot be a folder/],
  ])('tidemark %j', async (args, sentence) => {
    const { code, stderr } = await tidemark(args, { cwd: await freshFolder() });
    expect(stderr).toMatch(sentence);
    expect(code).toBe(2);
  });

  test('development tokens in production are refused unless asked for', async () => {
    const data = await freshFolder();
    const variables = { NODE_ENV: 'production' };
    const refused = await tidemark(['serve', '--port', '0', '--data', data], { variables });
    expect(refused).toMatchObject({ code: 2, stderr: expect.stringContaining('--allow-development-tokens') });
    const allowed = await serve(['--data', data, '--allow-development-tokens'], { variables });
    expect((await fetch(`${allowed.url}/healthz`)).status).toBe(200);
  });

  test('a port that is taken', async () => {
    const server = await serve(['--data', await freshFolder()]);
    const { port } = new URL(server.url);
    const second = await tidemark(['serve', '--data', await freshFolder()], { variables: { PORT: port } });
    expect(second).toMatchObject({ code: 1, stderr: expect.stringContaining(`Port ${port} of 127.0.0.1 is taken`) });
  });
});

describe('serve', () => {
  test('one app at /', async () => {
    const data = await freshFolder();
    const server = await serve(['--data', data, '--app', 'time-tracker']);
    const caller = callerOf(server.url, await tokenOf(data, 'demo'), '');
    expect(success(await caller.get<SessionAnswer>('/sync/session'))).toMatchObject({ app: 'time-tracker', subject: 'demo' });
  });

  test('an app has its own routes beside the native ones, at its mount and at /', async () => {
    const data = await freshFolder();
    const token = await tokenOf(data, 'demo');
    const sent = { id: 'a', title: 'Tides', intervals: [{ start: 1, end: 2 }], archived: false, tags: [], updatedAt: 3, version: 1 };
    const all = await serve(['--data', data]);
    const mounted = callerOf(all.url, token);
    expect(success(await mounted.post('/sync/upload', { tasks: [sent] }))).toMatchObject({ results: [{ id: 'a', ok: true, version: 1 }] });
    await all.end('SIGTERM');
    const one = await serve(['--data', data, '--app', 'time-tracker']);
    const atRoot = callerOf(one.url, token, '');
    expect(success(await atRoot.get('/sync/download?since=0'))).toMatchObject({ tasks: [sent], deleted: [] });
    expect(success(await atRoot.post('/sync/pull', { clientId: 'native' }))).toMatchObject({ changes: [{ id: 'a' }] });
    expect(success(await atRoot.post('/tasks/delete', { ids: ['a'] }))).toEqual({ deleted: ['a'], missing: [] });
  });

  test('apps lists what is served where', async () => {
    const everything = await tidemark(['apps', '--port', '8080']);
    expect(everything).toMatchObject({ code: 0, stderr: '' });
    expect(everything.stdout).toMatch(/^time-tracker {2}http:\/\/localhost:8080\/apps\/time-tracker$/m);
    expect(everything.stdout).toMatch(/^ {2}POST {3}\/sync\/push$/m);
    expect(everything.stdout).toMatch(/^ {2}GET {4}\/sync\/download$/m);
    const one = await tidemark(['apps', '--app', 'time-tracker']);
    expect(one.stdout).toMatch(/^time-tracker {2}http:\/\/localhost:8787\/$[\s\S]*^ {2}POST {3}\/tasks\/delete$/m);
    expect(await tidemark(['apps', '--app', 'nothing'])).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('There is no app "nothing"'),
    });
  });

  test('in memory: leaves no database', async () => {
    const data = await freshFolder();
    const server = await serve(['--data', data, '--storage', 'memory']);
    const caller = callerOf(server.url, await tokenOf(data, 'demo'));
    expect(success(await caller.get<SessionAnswer>('/sync/session')).latestVersion).toBe(0);
    expect((await server.end('SIGTERM')).code).toBe(0);
    expect((await readdir(data)).sort()).toEqual(['development-key.json', 'signing-keys.json']);
  });

  test('the data folder is its owner’s alone', async () => {
    const data = join(await freshFolder(), 'deep', 'data');
    await serve(['--data', data]);
    expect((await stat(data)).mode & 0o777).toBe(0o700);
    for (const file of ['development-key.json', 'tidemark.db']) expect((await stat(join(data, file))).mode & 0o777).toBe(0o600);
  });
});

describe('export and import', () => {
  // U+2028 ends a line for some readers, but not in JSON.
  const TASKS = { b: taskFields('second\u2028 line'), a: taskFields('first "quoted"'), ä: taskFields('😀') };

  test('an export, imported elsewhere and exported again, has the same records', async () => {
    const [manifest = '', ...rest] = await exportOf(await folderWith(TASKS));
    expect(JSON.parse(manifest)).toMatchObject({
      format: 'tidemark-export',
      version: 2,
      app: 'time-tracker',
      counts: { tasks: 3 },
      seq: 3,
    });
    expect(rest.slice(0, -1).map((line) => JSON.parse(line).id)).toEqual(['a', 'b', 'ä']);
    const other = await freshFolder();
    const file = join(other, 'export.jsonl');
    await writeFile(file, [manifest, ...rest, ''].join('\n'));
    const dryRun = await tidemark(['import', '--data', other, ...DEMO, '--dry-run', file]);
    expect(dryRun).toMatchObject({ code: 0, stdout: expect.stringMatching(/^Dry run, nothing was written. 3 records: 3 written/) });
    expect(await tidemark(['import', '--data', other, ...DEMO, file])).toMatchObject({
      code: 0,
      stdout: expect.stringMatching(/^Imported 3 records: 3 written/),
    });
    const withoutTime = (line = '') => line.replace(/"exportedAt":\d+/u, '');
    const [manifestAgain, ...again] = await exportOf(other);
    expect(withoutTime(manifestAgain)).toBe(withoutTime(manifest));
    expect(again.slice(0, -1)).toEqual(rest.slice(0, -1));
    expect(await tidemark(['import', '--data', other, ...DEMO, file])).toMatchObject({ stdout: expect.stringContaining('3 known') });
    expect((await exportOf(other)).slice(1, -1)).toEqual(rest.slice(0, -1));
  });

  test('records that are there already and equal stay unchanged; -o replaces a file as a whole', async () => {
    const data = await folderWith(TASKS);
    const file = join(data, 'export.jsonl');
    await writeFile(file, 'old');
    expect(await tidemark(['export', '--data', data, ...DEMO, '-o', file])).toMatchObject({ code: 0, stdout: '' });
    const before = await readFile(file, 'utf8');
    expect(await tidemark(['import', '--data', data, ...DEMO, file])).toMatchObject({
      code: 0,
      stdout: expect.stringContaining('0 written, 0 merged, 0 with a conflict, 3 unchanged'),
    });
    expect((await exportOf(data)).slice(1, -1)).toEqual(before.split('\n').slice(1, 4));
  });

  test('an import with wrong lines names each and writes nothing', async () => {
    const data = await folderWith({ a: taskFields('kept') });
    const [manifest = '', good = ''] = await exportOf(data);
    const bad = (id: string, fields: object, more: object = {}) =>
      JSON.stringify({ ...JSON.parse(good), collection: 'tasks', id, seq: 2, fields, ...more });
    const check = async (lines: readonly string[], problems: readonly RegExp[]) => {
      const file = await writeExport(join(data, 'bad.jsonl'), lines);
      const { code, stderr } = await tidemark(['import', '--data', data, ...DEMO, file]);
      expect(stderr).toContain('nothing was written');
      for (const problem of problems) expect(stderr).toMatch(problem);
      expect(code).toBe(2);
    };
    await check(
      [
        manifest,
        good,
        '{',
        '[]',
        good,
        bad('b', {}, { collection: 'notes' }),
        bad('c', {}, { schemaVersion: 9 }),
        bad('d', {}, { extra: 1 }),
      ],
      [
        /line 3: not JSON/,
        /line 4: not a JSON object/,
        /line 5: the same record stands in line 2/,
        /line 6: UNKNOWN_COLLECTION/,
        /line 7: SCHEMA_AHEAD/,
        /line 8: .*extra/,
      ],
    );
    await check([manifest, bad('b', taskFields('fine')), bad('c', { title: '' })], [/line 3: VALIDATION_FAILED/]);
    await check([manifest.replace('time-tracker', 'other'), good], [/line 1: the file is of the app other/]);
    await check([good], [/line 1: the first line is not the manifest/]);
    expect((await exportOf(data)).slice(1, -1)).toEqual([good]);
  });

  test('a file that was cut off or changed is refused', async () => {
    const data = await folderWith({ a: taskFields('kept'), b: taskFields('kept') });
    const lines = await exportOf(data);
    const file = join(data, 'bad.jsonl');
    const importing = async (text: string) => {
      await writeFile(file, text);
      return tidemark(['import', '--data', data, ...DEMO, file]);
    };
    expect(await importing(lines.slice(0, -1).join('\n'))).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('the file was cut off'),
    });
    expect(await importing(lines.join('\n').replace('kept', 'KEPT'))).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('changed or damaged'),
    });
    expect(await importing('')).toMatchObject({ code: 2, stderr: expect.stringContaining('the file is empty') });
  });

  test('a user without data has nothing to export', async () => {
    const data = await folderWith({ a: taskFields('mine') });
    const other = await tidemark(['export', '--data', data, '--app', 'time-tracker', '--user', 'somebody']);
    expect(other).toMatchObject({ code: 2, stdout: '', stderr: expect.stringContaining('"somebody" has no data') });
  });
});

describe('backup and doctor', () => {
  test('a backup replaces an older one as a whole; doctor reads it and counts', async () => {
    const data = await folderWith({ a: taskFields('one'), b: taskFields('two') });
    const elsewhere = await freshFolder();
    const file = join(elsewhere, 'tidemark.db');
    await writeFile(file, 'an older backup');
    expect(await tidemark(['backup', file, '--data', data])).toMatchObject({ code: 0 });
    expect(await readdir(elsewhere)).toEqual(['tidemark.db']);
    const nowhere = await tidemark(['backup', join(elsewhere, 'no', 'folder.db'), '--data', data]);
    expect(nowhere).toMatchObject({ code: 2, stderr: expect.stringMatching(/There is no folder .*no to write folder\.db to/) });
    const doctor = await tidemark(['doctor', '--data', elsewhere]);
    expect(doctor).toMatchObject({ code: 0, stdout: expect.stringContaining('time-tracker/demo: head 2, 2 changes, 1 clients, tasks 2') });
  });

  test('doctor finds a damaged database', async () => {
    const data = await folderWith(Object.fromEntries(Array.from({ length: 60 }, (_, index) => [`t${index}`, taskFields('x'.repeat(400))])));
    const file = join(data, 'tidemark.db');
    const bytes = await readFile(file);
    bytes.fill(0x5a, bytes.length - 9_000, bytes.length - 4_096);
    await writeFile(file, bytes);
    expect((await tidemark(['doctor', '--data', data])).code).toBe(1);
  });
});
