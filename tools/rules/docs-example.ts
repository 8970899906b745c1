import type { Rule } from './rule.ts';

const EXAMPLE = 'docs/examples/notes.ts';

/** The first ```ts block of the README is the example file, which the compiler checks. */
export const exampleRule: Rule = {
  name: 'the example of the README is the one that is compiled',
  check: (files) => {
    const example = files.find((file) => file.path === EXAMPLE)?.text.trim();
    const readme = files.find((file) => file.path === 'README.md')?.text ?? '';
    const block = /```ts\n([\s\S]*?)```/.exec(readme);
    if (block?.[1]?.trim() === example) return [];
    const line = readme.slice(0, block?.index ?? 0).split('\n').length;
    return [{ path: 'README.md', line, message: `the ts block differs from ${EXAMPLE}; copy the file into it` }];
  },
};
