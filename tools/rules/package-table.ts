/** One row of the import table of docs/ARCHITECTURE.md. */
export interface PackageRow {
  readonly folder: string;
  readonly name: string;
  /** Browser packages and server packages never import each other, and only server packages may import `node:`. */
  readonly arm: 'both' | 'browser' | 'server';
  /** Packages of ours, or single subpaths of them, that it may import. */
  readonly imports: readonly string[];
}

/** Files of a package that run on one side only, and what these may import. */
interface Part {
  readonly files: RegExp;
  readonly row: PackageRow;
}

const row = (folder: string, name: string, arm: PackageRow['arm'], imports: readonly string[]): PackageRow => ({
  folder,
  name,
  arm,
  imports,
});

const APPS = 'packages/apps';
const PARTS: readonly Part[] = [
  {
    files: /^packages\/apps\/src\/[^/]+\/routes[./]/,
    row: row(APPS, '@tidemark/apps', 'server', ['@tidemark/protocol', '@tidemark/server/rest']),
  },
  {
    files: /^packages\/apps\/src\/[^/]+\/client[./]/,
    row: row(APPS, '@tidemark/apps', 'browser', ['@tidemark/protocol', '@tidemark/client']),
  },
];

export const PACKAGES: readonly PackageRow[] = [
  row('packages/protocol', '@tidemark/protocol', 'both', []),
  row('packages/engine', '@tidemark/engine', 'server', ['@tidemark/protocol']),
  row('packages/storage', '@tidemark/storage', 'server', ['@tidemark/engine', '@tidemark/protocol']),
  row(APPS, '@tidemark/apps', 'both', ['@tidemark/protocol']),
  row('packages/server', '@tidemark/server', 'server', ['@tidemark/engine', '@tidemark/protocol']),
  row('packages/client', '@tidemark/client', 'browser', ['@tidemark/protocol']),
  row('packages/react', '@tidemark/react', 'browser', ['@tidemark/client', '@tidemark/protocol']),
  row('packages/cli', 'tidemark', 'server', [
    '@tidemark/apps',
    '@tidemark/engine',
    '@tidemark/protocol',
    '@tidemark/server',
    '@tidemark/storage',
  ]),
  row('deploy', '@tidemark/deploy', 'server', [
    '@tidemark/engine',
    '@tidemark/protocol',
    '@tidemark/server',
    '@tidemark/storage',
    'tidemark',
  ]),
  row('console', '@tidemark/console', 'browser', ['@tidemark/apps', '@tidemark/client', '@tidemark/protocol', '@tidemark/react']),
  row('extension', '@tidemark/extension', 'browser', ['@tidemark/client', '@tidemark/protocol']),
];

/** `packages/client/src/a.ts` → the row of client. */
export const packageOfPath = (path: string): PackageRow | undefined =>
  PARTS.find(({ files }) => files.test(path))?.row ?? PACKAGES.find((one) => path.startsWith(`${one.folder}/`));

/** `@tidemark/protocol/messages` → the row of protocol. */
export const packageOfImport = (from: string): PackageRow | undefined =>
  PACKAGES.find((one) => from === one.name || from.startsWith(`${one.name}/`));
