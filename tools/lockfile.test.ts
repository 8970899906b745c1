import { readFileSync } from 'node:fs';
import { isJsonObject } from '@tidemark/protocol';
import { expect, test } from 'vitest';

const lockedPackages = () => {
  const lock: unknown = JSON.parse(readFileSync(new URL('../package-lock.json', import.meta.url), 'utf8'));
  return isJsonObject(lock) && isJsonObject(lock.packages) ? lock.packages : {};
};

/**
 * A registry that lacks the binaries of other systems makes `npm install` leave them out of the lock, and then `npm ci`
 * refuses the lock everywhere. Such an entry needs name, version, os and cpu; npm skips it where it does not fit.
 */
test('the lock names the optional packages of every system', () => {
  const packages = lockedPackages();
  const missing = Object.entries(packages).flatMap(([path, entry]) => {
    const optional = isJsonObject(entry) && isJsonObject(entry.optionalDependencies) ? Object.keys(entry.optionalDependencies) : [];
    return optional.filter((name) => !(`${path}/node_modules/${name}` in packages) && !(`node_modules/${name}` in packages));
  });
  expect(missing).toEqual([]);
});
