import { readFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { type Config, printFaults, readConfig } from '@tidemark/server';
import { Option } from 'commander';
import { APPS } from './apps.ts';
import type { CommandContext } from './context.ts';
import { fileExists } from './data-folder.ts';
import { type Outcome, wrongInput } from './outcome.ts';

/** Looked for in this order in the working folder. */
const FILES = ['ts', 'mts', 'js', 'mjs', 'json'].map((extension) => `tidemark.config.${extension}`);

export const configOption = (): Option =>
  new Option('--config <file>', `configuration (default: the first there is of ${FILES.join(', ')})`).env('TIDEMARK_CONFIG');

const findFile = async (named: string | undefined): Promise<string | undefined> => {
  if (named !== undefined) return resolve(named);
  for (const name of FILES) if (await fileExists(join(process.cwd(), name))) return join(process.cwd(), name);
  return undefined;
};

/** TypeScript goes through jiti, which no Node from 20 on needs a flag for; it is loaded only then. */
const load = async (file: string): Promise<unknown> => {
  if (file.endsWith('.json')) return JSON.parse(await readFile(file, 'utf8'));
  if (/\.[cm]?ts$/.test(file)) {
    const { createJiti } = await import('jiti');
    const module = await createJiti(import.meta.url, { interopDefault: false }).import<{ default?: unknown }>(file);
    return module.default;
  }
  const module: { default?: unknown } = await import(pathToFileURL(file).href);
  return module.default;
};

/** The configuration of this process: file and environment, checked whole. What is wrong with it is one outcome that names every place. */
export const loadConfig = async (
  { variables, terminal }: CommandContext,
  options: { readonly config?: string; readonly allowDevelopmentTokens?: boolean },
): Promise<Config | Outcome> => {
  const file = await findFile(options.config);
  let content: unknown;
  try {
    content = file === undefined ? undefined : await load(file);
  } catch (fault) {
    return wrongInput(`${file} cannot be read: ${fault instanceof Error ? fault.message : String(fault)}`);
  }
  if (file !== undefined && content === undefined) return wrongInput(`${file} exports no configuration. Give it a default export.`);
  const read = readConfig({
    file: content,
    variables,
    apps: APPS.map(({ name }) => name),
    allowDevelopmentTokens: options.allowDevelopmentTokens === true,
  });
  if (!read.ok) return wrongInput(`The configuration${file === undefined ? '' : ` in ${file}`} is not sound:\n${printFaults(read.faults)}`);
  for (const warning of read.warnings) terminal.note(warning);
  return read.config;
};
