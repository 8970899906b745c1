import { existsSync, readFileSync } from 'node:fs';
import { readConfig } from '@tidemark/server';
import { expect, test } from 'vitest';
import { parse } from 'yaml';
import { partOf } from './read-template.ts';

// Docker and systemd are not on the machines these tests run on: what is checked is what the files say, not that they work.

const root = new URL('../../../', import.meta.url);
const read = (path: string): string => readFileSync(new URL(path, root), 'utf8');
const dockerfile = read('deploy/docker/Dockerfile');
const compose: unknown = parse(read('deploy/docker/compose.yaml'));

test('the image runs as nobody special, keeps what is stored in a volume, and says whether it is ready', () => {
  const last = dockerfile.slice(dockerfile.lastIndexOf('\nFROM '));
  expect(last).toMatch(/^USER node$/mu);
  expect(last).toMatch(/^VOLUME \/data$/mu);
  expect(last).toMatch(/^HEALTHCHECK [\s\S]*\/readyz/mu);
  for (const [, path = ''] of dockerfile.matchAll(/^COPY --from=build \/src\/(\S+)/gmu))
    expect(existsSync(new URL(path, root)), path).toBe(true);
  for (const text of [dockerfile, read('deploy/docker/tidemark.service')]) {
    const script = /packages\/cli\/bin\/[\w.-]+/u.exec(text)?.[0] ?? 'no script';
    expect(existsSync(new URL(script, root)), script).toBe(true);
  }
});

test('the variables of compose.yaml are a configuration that production takes', () => {
  const { environment } = partOf(compose, 'services', 'tidemark');
  const given = {
    TIDEMARK_PUBLIC_URL: 'https://sync.example.com',
    TIDEMARK_SMTP_URL: 'smtps://m.example',
    TIDEMARK_MAIL_FROM: 'a@b.example',
  };
  const variables = {
    NODE_ENV: 'production',
    ...Object.fromEntries(Object.entries(partOf({ environment }, 'environment')).map(([name, value]) => [name, String(value)])),
    ...given,
  };
  expect(readConfig({ file: undefined, variables, apps: ['task-tracker'], allowDevelopmentTokens: false })).toMatchObject({
    ok: true,
    warnings: [],
  });
  expect(Object.keys(given).filter((name) => !(name in partOf({ environment }, 'environment')))).toEqual([]);
});
