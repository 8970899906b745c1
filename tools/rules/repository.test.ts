import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { isJsonObject } from '@tidemark/protocol';
import { expect, test } from 'vitest';
import { bannedGlobalRule } from './banned-globals.ts';
import { bundleRule } from './bundle-graph.ts';
import { commandRule } from './docs-commands.ts';
import { exampleRule } from './docs-example.ts';
import { guaranteeRule } from './docs-guarantees.ts';
import { linkRule } from './docs-links.ts';
import { importRule } from './imports.ts';
import { leftoverRule } from './leftovers.ts';
import { nameRule } from './names.ts';
import { readRepository, repositoryRoot } from './read-repository.ts';
import { printFinding, type Rule } from './rule.ts';
import { secretRule } from './secrets.ts';
import { sizeRule } from './sizes.ts';
import { wordRule } from './words.ts';

const files = readRepository();

const scripts = (): ReadonlySet<string> => {
  const parsed: unknown = JSON.parse(files.find((file) => file.path === 'package.json')?.text ?? '{}');
  const part = isJsonObject(parsed) ? parsed.scripts : undefined;
  return new Set(isJsonObject(part) ? Object.keys(part) : []);
};

const rules: readonly Rule[] = [
  importRule,
  bundleRule,
  sizeRule(),
  bannedGlobalRule(),
  leftoverRule,
  wordRule,
  nameRule,
  secretRule,
  linkRule((path) => existsSync(join(repositoryRoot, path))),
  commandRule(scripts()),
  exampleRule,
  guaranteeRule,
];

test.each(rules.map((rule) => [rule.name, rule] as const))('%s', (_name, rule) => {
  expect(rule.check(files).map(printFinding)).toEqual([]);
});

test.runIf(existsSync(join(repositoryRoot, '.git')))('nothing that is generated is tracked', () => {
  const tracked = execFileSync('git', ['ls-files'], { cwd: repositoryRoot, encoding: 'utf8' }).split('\n');
  expect(tracked.filter((path) => /(^|\/)(dist|node_modules|data|coverage|\.stamp)\/|\.(tsbuildinfo|sqlite|db|log)$/.test(path))).toEqual(
    [],
  );
});
