#!/usr/bin/env node
import { existsSync } from 'node:fs';

const main = new URL('../dist/main.js', import.meta.url);
if (!existsSync(main)) {
  console.error('tidemark: not built yet. Run `npm run build` (or `npm start`) in the repository first.');
  process.exit(1);
}
const { run } = await import(main.href);
process.exitCode = await run(process.argv);
