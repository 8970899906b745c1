import { build } from 'esbuild';

/** A script of the tests as a browser loads it: with everything that it imports, from the sources, in React's development mode. */
export const bundlePage = async (contents: string, resolveDir: string): Promise<string> => {
  const built = await build({
    stdin: { contents, resolveDir, loader: 'tsx' },
    bundle: true,
    write: false,
    format: 'iife',
    conditions: ['@tidemark/source'],
    define: { 'process.env.NODE_ENV': '"development"' },
    jsx: 'automatic',
  });
  return built.outputFiles[0]?.text ?? '';
};
