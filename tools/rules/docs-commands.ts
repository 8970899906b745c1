import type { Finding, Rule, SourceText } from './rule.ts';

/** One line of a fenced `sh` block. */
export interface DocCommand {
  readonly path: string;
  readonly line: number;
  readonly command: string;
}

/** All commands of a page: the lines of its ```sh blocks, continuation lines joined, comments left out. */
export const commandsOf = (file: SourceText): readonly DocCommand[] => {
  const found: DocCommand[] = [];
  let inside = false;
  let open: DocCommand | undefined;
  file.text.split('\n').forEach((text, index) => {
    if (text.trim().startsWith('```')) {
      inside = !inside && text.trim() === '```sh';
      return;
    }
    const line = text.replace(/\s+#\s.*$/, '').trim();
    if (!inside || line === '' || line.startsWith('#')) return;
    const command = `${open === undefined ? '' : `${open.command} `}${line.replace(/\s*\\$/, '')}`;
    const here = { path: file.path, line: open?.line ?? index + 1, command };
    open = line.endsWith('\\') ? here : undefined;
    if (open === undefined) found.push(here);
  });
  return found;
};

/** How a command of the docs is proved. */
export type Proof = 'script' | 'tidemark' | 'listed';

/** Commands that are neither a script nor `tidemark`, and what proves them. */
const LISTED: { readonly [command: string]: string } = {
  'npm ci': 'every run of .ci/run begins with it',
  'npm start': 'tests/process/docs-commands.test.ts runs it',
  'cd my-app': 'tests/browser/new-app.test.ts does it, before npm start',
  'npm test': 'is what runs the tests',
};

/** `npm run X` → X. */
export const scriptOf = (command: string): string | undefined => /^npm run ([\w:-]+)(\s|$)/.exec(command)?.[1];

/** Says how a command is proved; undefined: nothing runs or checks it. */
export const proofOf = (command: string, path = ''): Proof | undefined => {
  if (scriptOf(command) !== undefined) return 'script';
  if (/^npx tidemark(\s|$)/.test(command)) return 'tidemark';
  if (/^npx vitest run --project (unit|rules|process|browser)(\s|$)/.test(command)) return 'listed';
  // tests/process/rest-docs.test.ts runs all of these pages, variables and all.
  if (['docs/REST.md', 'docs/REPERTOIRE.md', 'docs/BROWSING.md', 'docs/WEEKDAY.md'].includes(path)) return 'listed';
  return Object.hasOwn(LISTED, command) ? 'listed' : undefined;
};

const isPage = (path: string): boolean => /^(README|CONTRIBUTING)\.md$|^docs\/[^/]+\.md$|^extension\/README\.md$/.test(path);

/** Every command that the docs show, in the order of the pages. */
export const commandsOfDocs = (files: readonly SourceText[]): readonly DocCommand[] =>
  files.filter((file) => isPage(file.path)).flatMap(commandsOf);

/** Every command of the docs is run or checked by a test. `scripts` are those of the root package.json. */
export const commandRule = (scripts: ReadonlySet<string>): Rule => ({
  name: 'commands of the docs are proved',
  check: (files) =>
    commandsOfDocs(files).flatMap(({ path, line, command }): Finding[] => {
      const script = scriptOf(command);
      if (proofOf(command, path) === undefined)
        return [{ path, line, message: `nothing runs \`${command}\`; use a script, or list how it is proved` }];
      return script === undefined || scripts.has(script) ? [] : [{ path, line, message: `there is no script ${script} in package.json` }];
    }),
});
