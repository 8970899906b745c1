import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, test } from 'vitest';

const LOADED_BYTES_MAX = 600_000;

const into = mkdtempSync(join(tmpdir(), 'tidemark-functions-'));
const loaded = new Map<string, number>();

beforeAll(() => {
  const script = fileURLToPath(new URL('../build.js', import.meta.url));
  const said = execFileSync(process.execPath, [script, into], { encoding: 'utf8' });
  for (const [, name = '', bytes] of said.matchAll(/^(\w+): (\d+) bytes are loaded/gm)) loaded.set(name, Number(bytes));
}, 120_000);
afterAll(() => rmSync(into, { recursive: true }));

const filesOf = (name: string): readonly string[] =>
  readdirSync(join(into, name), { recursive: true, encoding: 'utf8' }).filter(
    (path) => /^[^.]+\.mjs$/.test(path) && !path.startsWith('node_modules'),
  );

/** The packages of others that a bundle asks for by name. */
const askedFor = (name: string): readonly string[] =>
  filesOf(name).flatMap((path) =>
    [...readFileSync(join(into, name, path), 'utf8').matchAll(/(?:from|import|require)\s*\(?\s*["']([^"'./][^"']*)["']/g)].map(
      ([, from = '']) => from,
    ),
  );

test.each(['sync', 'authorizer', 'scheduled'])('%s starts with at most 600 kB, the AWS SDK apart', (name) => {
  expect(loaded.get(name)).toBeGreaterThan(100_000);
  expect(loaded.get(name)).toBeLessThanOrEqual(LOADED_BYTES_MAX);
});

test.each(['sync', 'authorizer', 'scheduled'])('%s carries no native library, no other storage and no mail', (name) => {
  const text = filesOf(name)
    .map((path) => readFileSync(join(into, name, path), 'utf8'))
    .join('\n');
  for (const word of [
    '@node-rs/argon2',
    'better-sqlite3',
    '@photostructure/sqlite',
    'node:sqlite',
    'nodemailer',
    'pg-protocol',
    'prom-client',
  ])
    expect(text.includes(word), word).toBe(false);
  const packages = new Set(askedFor(name).filter((from) => !from.startsWith('node:') && /^[@a-z]/.test(from)));
  expect(packages.has('pg')).toBe(false);
  expect([...packages].filter((from) => from.startsWith('@node-rs'))).toEqual([]);
});

test('only the accounts function asks for the library that hashes passwords, and brings it', () => {
  expect(askedFor('accounts')).toContain('@node-rs/argon2');
  expect(existsSync(join(into, 'accounts', 'node_modules', '@node-rs', 'argon2', 'package.json'))).toBe(true);
});

test('the functions have the names that the plan gives them', () => {
  expect(filesOf('sync')).toEqual(expect.arrayContaining(['sync.mjs', join('handlers', 'tasks.mjs'), join('handlers', 'categories.mjs')]));
  const exported = (path: string) => readFileSync(join(into, 'sync', path), 'utf8');
  for (const name of ['createTask', 'listTasks', 'getTask', 'updateTask', 'deleteTask'])
    expect(exported(join('handlers', 'tasks.mjs'))).toMatch(new RegExp(`export\\{[^}]*as ${name}\\b`));
  for (const name of ['createCategory', 'listCategories', 'updateCategory', 'deleteCategory'])
    expect(exported(join('handlers', 'categories.mjs'))).toMatch(new RegExp(`export\\{[^}]*as ${name}\\b`));
});
