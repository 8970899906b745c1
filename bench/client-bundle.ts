import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import { build } from 'esbuild';

/** What an app imports for an offline client with IndexedDB, live streams and queries. */
const CLIENT = "export { openClient } from '@tidemark/client';";

/** The same with what the time tracker's definition takes of protocol: rules are values of an app, so each app has its own. */
export const CLIENT_AND_RULES = `${CLIENT}
export { defineApp, defineCollection, intervals, max, newest, normalizeIntervals, set } from '@tidemark/protocol';`;

/** Parts of paths that have no business in a browser's bundle. */
export const FORBIDDEN: readonly string[] = [
  'zod',
  'react',
  'hono',
  'pino',
  'sqlite',
  'jose',
  'prom-client',
  'opentelemetry',
  'packages/engine/',
  'packages/storage/',
  'packages/server/',
  'packages/cli/',
  'node:',
];

export interface BundledClient {
  readonly gzipBytes: number;
  readonly minifiedBytes: number;
  /** Minified bytes by source file, largest first. */
  readonly parts: readonly (readonly [path: string, bytes: number])[];
  /** Source files with a forbidden word in their path. */
  readonly culprits: readonly string[];
}

const ROOT = fileURLToPath(new URL('../..', import.meta.url));

/**
 * Bundles the client as an app's build would: minified, for browsers, gzip at its best. `root`: the repository's folder.
 * `external`: what the app brings itself, and is not counted.
 */
export const bundleClient = async (
  entry: string = CLIENT,
  root: string = ROOT,
  { external = [], forbidden = FORBIDDEN }: { readonly external?: readonly string[]; readonly forbidden?: readonly string[] } = {},
): Promise<BundledClient> => {
  const result = await build({
    stdin: { contents: entry, resolveDir: root },
    absWorkingDir: root,
    bundle: true,
    external: [...external],
    minify: true,
    format: 'esm',
    platform: 'browser',
    target: 'es2022',
    conditions: ['@tidemark/source'],
    metafile: true,
    write: false,
    logLevel: 'error',
  });
  const bytes = result.outputFiles[0]?.contents ?? new Uint8Array();
  const inputs = Object.values(result.metafile.outputs).flatMap((output) => Object.entries(output.inputs));
  const parts = inputs.map(([path, { bytesInOutput }]) => [path, bytesInOutput] as const).sort((a, b) => b[1] - a[1]);
  return {
    gzipBytes: gzipSync(bytes, { level: 9 }).length,
    minifiedBytes: bytes.length,
    parts,
    culprits: Object.keys(result.metafile.inputs).filter((path) => forbidden.some((word) => path.includes(word))),
  };
};
