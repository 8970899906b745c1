import type { Finding, Rule, SourceText } from './rule.ts';

const PATTERNS: readonly { readonly pattern: RegExp; readonly message: string }[] = [
  { pattern: /(?<![\w.~-])\/(work|root|home\/\w+)\//, message: 'a path of one machine; make it relative, or a temp folder' },
  { pattern: /https?:\/\/registry\.|\bregistry\.[a-z]+\.[a-z]{2,}/, message: 'the host of a registry; leave it to npm' },
  { pattern: /-----BEGIN [A-Z ]*PRIVATE KEY-----/, message: 'a private key; keep keys in a data folder' },
  { pattern: /\bAKIA[0-9A-Z]{16}\b|\bghp_[A-Za-z0-9]{36}\b/, message: 'a credential; remove it and revoke it' },
  { pattern: /\beyJ[\w-]{20,}\.[\w-]{20,}\.[\w-]{20,}/, message: 'a token; make one in the test' },
];

const findingsOf = (file: SourceText): readonly Finding[] =>
  file.text
    .split('\n')
    .flatMap((line, index) =>
      PATTERNS.filter(({ pattern }) => pattern.test(line)).map(({ message }) => ({ path: file.path, line: index + 1, message })),
    );

/** Nothing in the repository belongs to one person or one machine. */
export const secretRule: Rule = {
  name: 'no secrets, registry hosts or machine paths',
  check: (files) => files.filter((file) => !file.path.startsWith('tools/rules/')).flatMap(findingsOf),
};
