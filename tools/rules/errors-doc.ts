import type { ErrorEntry } from '@tidemark/protocol';

const SCOPES: { readonly [scope in ErrorEntry['scope']]: string } = {
  request: 'the whole request',
  mutation: 'one mutation',
  both: 'either',
};

/** The page docs/ERRORS.md, made from the catalogue. */
export const errorsPage = (catalogue: { readonly [code: string]: ErrorEntry }): string => {
  const rows = Object.entries(catalogue)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(
      ([code, { status, scope, help }]) =>
        `| \`${code}\` | ${status} | ${SCOPES[scope]} | ${help.replaceAll('|', '\\|').replaceAll('__proto__', '`__proto__`')} |`,
    );
  return [
    '# Error codes',
    '',
    'This page is made from `packages/protocol/src/errors/catalogue.ts` by `npm run docs:errors`; a rule fails when they differ.',
    '',
    'Codes never change; messages may. An error of **the whole request** stores nothing and uses no mutation number: send it again',
    'after mending what the text says. An error of **one mutation** is its verdict: it is stored as a receipt, uses its number, and the',
    'mutations beside it go on. In a push such an error stands in `rejected`, while the answer itself is a 200.',
    '',
    'The body of a refused request is `{ "error": { "code", "message", "details"?, "correlationId" } }`. With',
    '`Accept: application/problem+json` it is the same in the form of RFC 9457.',
    '',
    '| Code | Status | Refuses | What it means, and what to do |',
    '|---|---|---|---|',
    ...rows,
    '',
  ].join('\n');
};
