import { cp, mkdir, readdir, readFile, stat, symlink, writeFile } from 'node:fs/promises';
import { basename, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Command } from 'commander';
import type { CommandContext } from '../context.ts';
import { done, type Outcome, wrongInput } from '../outcome.ts';

/** Seen from this package's src and dist alike. */
const TEMPLATE = fileURLToPath(new URL('../../template', import.meta.url));
const CHECKOUT_MODULES = fileURLToPath(new URL('../../../../node_modules', import.meta.url));

const TEMPLATE_NAME = 'my-app';
const NAMED = ['package.json', 'README.md', 'schema.js', 'page/index.html', 'page/main.jsx'];
/** Kept out of the template: npm leaves such a file out of a package. */
const IGNORED = 'node_modules\ndist\ndata\n';

/** As an app may be called: it stands in addresses and names local stores. */
const NAME = /^[a-z][a-z0-9-]{0,49}$/;

const entriesOf = (folder: string): Promise<readonly string[]> => readdir(folder).catch(() => []);

const isFolder = async (path: string): Promise<boolean> => (await stat(path).catch(() => undefined))?.isDirectory() === true;

/** In a checkout of Tidemark the app runs on its packages, with nothing to install. Answers whether that was done. */
const linkPackages = async (folder: string): Promise<boolean> => {
  if (!(await isFolder(join(CHECKOUT_MODULES, '@tidemark', 'react')))) return false;
  await symlink(CHECKOUT_MODULES, join(folder, 'node_modules'), 'junction');
  return true;
};

const create = async ({ terminal }: CommandContext, named: string): Promise<Outcome> => {
  const folder = resolve(named);
  const name = basename(folder);
  if (!NAME.test(name)) return wrongInput(`${name} is no name for an app: take up to 50 of a–z, 0–9 and -, beginning with a letter.`);
  const isFile = (await stat(folder).catch(() => undefined))?.isFile() === true;
  if (isFile || (await entriesOf(folder)).length > 0) return wrongInput(`${folder} is there already. Name another folder.`);
  await mkdir(folder, { recursive: true });
  await cp(TEMPLATE, folder, { recursive: true });
  for (const file of NAMED) {
    const text = await readFile(join(folder, file), 'utf8');
    await writeFile(join(folder, file), text.replaceAll(TEMPLATE_NAME, name));
  }
  await writeFile(join(folder, '.gitignore'), IGNORED);
  const isLinked = await linkPackages(folder);
  terminal.note(`${name} is in ${folder}. Next:`);
  for (const line of [`cd ${named}`, ...(isLinked ? [] : ['npm install']), 'npm start']) terminal.print(line);
  return done;
};

export const addNew = (program: Command, context: CommandContext): void => {
  program
    .command('new <folder>')
    .summary('write a small React app')
    .description(
      'Writes an app on one collection into a new folder: its schema, its server, its page in React; it is called as the folder is.\n' +
        'Run from a checkout of Tidemark it uses the packages there, and nothing has to be installed.',
    )
    .addHelpText('after', '\nExample:\n  tidemark new my-app')
    .action(async (folder: string) => context.finish(await create(context, folder)));
};
