import { readdirSync, readFileSync, statSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { strFromU8, unzipSync } from 'fflate';
import { expect, test } from 'vitest';
import { buildExtension } from './extension-browser.ts';

const dist = fileURLToPath(new URL('../../../extension/dist', import.meta.url));

const zips = (): Record<string, Buffer> =>
  Object.fromEntries(
    readdirSync(dist)
      .filter((name) => name.endsWith('.zip'))
      .map((name) => [name.replace(/^.*-(\w+)\.zip$/, '$1'), readFileSync(`${dist}/${name}`)]),
  );

const filesOf = (folder: string): string[] =>
  readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((name) => statSync(`${folder}/${name}`).isFile())
    .sort();

test('each browser gets an unpacked folder and a zip of it, the same bytes from the same sources', () => {
  buildExtension();
  const first = zips();
  expect(Object.keys(first).sort()).toEqual(['chrome', 'firefox']);
  for (const [target, bytes] of Object.entries(first)) {
    const unpacked = unzipSync(new Uint8Array(bytes));
    expect(Object.keys(unpacked).sort()).toEqual(filesOf(`${dist}/${target}`));
    const manifest: unknown = JSON.parse(strFromU8(unpacked['manifest.json'] ?? new Uint8Array()));
    expect(manifest).toMatchObject({
      ...{ manifest_version: 3, incognito: 'not_allowed' },
      permissions: ['tabs', 'idle', 'alarms', 'storage'],
      background: target === 'chrome' ? { service_worker: 'worker.js' } : { scripts: ['worker.js'] },
    });
    expect(Object.keys(Object(manifest)).filter((key) => /host_permissions|content_scripts|externally_connectable/.test(key))).toEqual([]);
    // No script comes from elsewhere, and none is made from text.
    for (const name of Object.keys(unpacked).filter((one) => one.endsWith('.js')))
      expect(strFromU8(unpacked[name] ?? new Uint8Array())).not.toMatch(/\beval\(|new Function\(|import\(/);
  }
  buildExtension();
  expect(zips()).toEqual(first);
});
