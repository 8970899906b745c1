import type { Finding, Rule } from './rule.ts';

/** Pages whose first ```ts or ```tsx block is a file that the compiler checks and a test runs. */
const EXAMPLES: readonly { readonly page: string; readonly file: string }[] = [
  { page: 'README.md', file: 'docs/examples/notes.ts' },
  { page: 'docs/OPERATIONS.md', file: 'docs/examples/tidemark.config.ts' },
  { page: 'docs/TIME-TRACKER.md', file: 'docs/examples/timer.ts' },
  { page: 'docs/REPERTOIRE.md', file: 'docs/examples/repertoire.ts' },
  { page: 'docs/WEEKDAY.md', file: 'docs/examples/weekday.ts' },
  { page: 'docs/ACCOUNTS.md', file: 'docs/examples/account.ts' },
  { page: 'docs/ADAPTERS.md', file: 'docs/examples/adapters.ts' },
  { page: 'docs/REACT.md', file: 'docs/examples/notes-page.tsx' },
];

export const exampleRule: Rule = {
  name: 'the examples of the docs are those that are compiled',
  check: (files) =>
    EXAMPLES.flatMap(({ page, file }): Finding[] => {
      const example = files.find(({ path }) => path === file)?.text.trim();
      const text = files.find(({ path }) => path === page)?.text;
      if (text === undefined) return [];
      const block = /```tsx?\n([\s\S]*?)```/.exec(text);
      if (block?.[1]?.trim() === example) return [];
      const line = text.slice(0, block?.index ?? 0).split('\n').length;
      return [{ path: page, line, message: `the ts block differs from ${file}; copy the file into it` }];
    }),
};
