import type { Finding, Rule, SourceText } from './rule.ts';

const PAGE = 'docs/CONSISTENCY.md';
const GUARANTEES = 11;

const sectionsOf = (page: SourceText): ReadonlyMap<string, string> =>
  new Map(page.text.split(/^## /m).flatMap((part) => (/^G\d+ /.test(part) ? [[part.split(' ')[0] ?? '', part] as const] : [])));

/** Every guarantee names at least one test that holds it. (That the files exist is the rule of links.) */
export const guaranteeRule: Rule = {
  name: 'every guarantee is linked to its tests',
  check: (files) => {
    const page = files.find((file) => file.path === PAGE);
    if (page === undefined) return [{ path: PAGE, line: 1, message: 'the page of guarantees is missing' }];
    const sections = sectionsOf(page);
    return Array.from({ length: GUARANTEES }, (_, index) => `G${index + 1}`).flatMap((name): Finding[] => {
      const line = page.text.slice(0, page.text.indexOf(`## ${name} `)).split('\n').length;
      if (/\]\(\.\.\/[^)]+\.(test|suite)\.ts\)/.test(sections.get(name) ?? '')) return [];
      return [{ path: PAGE, line, message: `${name} links to no test; say which one fails without the care` }];
    });
  },
};
